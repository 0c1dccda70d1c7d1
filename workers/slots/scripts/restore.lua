-- Make a lost lane good: give slots to all that BFL works on, rest, and vouch for the lane.
--
-- KEYS[1]   sorted set of taken slots, as in take.lua
-- KEYS[2]   hash, the lane, as in take.lua, grow.lua and cut.lua; what it still knows of cuts stays
-- ARGV[1]   ceiling
-- ARGV[2]   lease in milliseconds
-- ARGV[3]   milliseconds after which a lane that nobody vouches for is forgotten
-- ARGV[4]   milliseconds to rest
-- ARGV[5…]  holders
--
-- Returns the limit.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for index = 5, #ARGV do
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[index])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)

local lane = redis.call('HMGET', KEYS[2], 'limit', 'ceiling', 'cuts', 'rests_until')
local ceiling = tonumber(ARGV[1])
local limit, old = tonumber(lane[1] or ceiling), tonumber(lane[2] or ceiling)
limit = limit == old and ceiling or math.min(limit, ceiling)
redis.call('HSET', KEYS[2], 'limit', limit, 'ceiling', ceiling, 'reserve', 0, 'cuts', lane[3] or 0,
  'rests_until', math.max(tonumber(lane[4] or 0), now + ARGV[4]), 'vouched_until', now + ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return limit
