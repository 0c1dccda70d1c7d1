-- Let a lane give slots for one more lease, with the ceiling that holds now.
--
-- KEYS[1]  hash, the lane, as in take.lua and grow.lua
-- ARGV[1]  ceiling
-- ARGV[2]  lease in milliseconds
-- ARGV[3]  milliseconds after which a lane that nobody vouches for is forgotten
-- ARGV[4]  slots that only urgent holders are given
--
-- Returns the limit, or nothing where the lane is lost.

local lane = redis.call('HMGET', KEYS[1], 'limit', 'ceiling', 'vouched_until')
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if not lane[1] or now >= tonumber(lane[3]) then
  return false
end
local limit, old, ceiling = tonumber(lane[1]), tonumber(lane[2]), tonumber(ARGV[1])
limit = limit == old and ceiling or math.min(limit, ceiling)
redis.call('HSET', KEYS[1], 'limit', limit, 'ceiling', ceiling, 'reserve', ARGV[4], 'vouched_until', now + ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return limit
