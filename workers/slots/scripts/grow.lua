-- Count an accepted job; every so many, a lane that was cut gets one slot back.
--
-- KEYS[1]  hash, the lane, as in take.lua; `ceiling`; `accepted`, jobs since the limit last changed
-- ARGV[1]  how many jobs give one slot

local lane = redis.call('HMGET', KEYS[1], 'limit', 'ceiling')
if not lane[1] or tonumber(lane[1]) >= tonumber(lane[2]) then
  return
end
if redis.call('HINCRBY', KEYS[1], 'accepted', 1) >= tonumber(ARGV[1]) then
  redis.call('HINCRBY', KEYS[1], 'limit', 1)
  redis.call('HSET', KEYS[1], 'accepted', 0)
end
