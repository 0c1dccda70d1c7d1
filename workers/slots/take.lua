-- Take one slot of a lane, or renew the one the holder has.
--
-- KEYS[1]  sorted set, one member per taken slot: the holder's name, scored with the moment its lease ends
--          (milliseconds since the epoch, by this server's own clock)
-- ARGV[1]  holder
-- ARGV[2]  limit: how many slots the lane has
-- ARGV[3]  lease in milliseconds
--
-- Returns 1 if the holder has a slot now, 0 if all are taken.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)

local has_one = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not has_one and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2)
return 1
