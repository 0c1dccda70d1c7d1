-- Take one slot of a lane, or renew the one the holder has.
--
-- KEYS[1]  sorted set, one member per taken slot: the holder's name, scored with the moment its lease ends
--          (milliseconds since the epoch, by this server's own clock)
-- KEYS[2]  hash, the lane: `limit`; `reserve`, those of it that only urgent holders are given; `cuts`, how many it has had; `rests_until` and `vouched_until`, both moments
-- KEYS[3]  string, the account's pace: the moment from which its next submission may be sent
-- ARGV[1]  holder
-- ARGV[2]  lease in milliseconds
-- ARGV[3]  milliseconds between two submissions of the account; 0: no such limit
-- ARGV[4]  milliseconds that a submission may be early
-- ARGV[5]  1 for an urgent holder, else 0
--
-- Returns the number of cuts if the holder has a slot now, or nothing: all are taken, or the lane rests or is lost.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)

local lane = redis.call('HMGET', KEYS[2], 'limit', 'cuts', 'rests_until', 'vouched_until', 'reserve')
if not lane[1] or now >= tonumber(lane[4]) then
  return false
end
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  local room = ARGV[5] == '1' and tonumber(lane[1]) or lane[1] - (lane[5] or 0)
  if now < tonumber(lane[3]) or redis.call('ZCARD', KEYS[1]) >= room then
    return false
  end
  local gap, slack = tonumber(ARGV[3]), tonumber(ARGV[4])
  if gap > 0 then
    local following = math.max(tonumber(redis.call('GET', KEYS[3]) or 0), now - slack)
    if following > now then
      return false
    end
    redis.call('SET', KEYS[3], following + gap, 'PX', math.ceil(gap + slack))
  end
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return tonumber(lane[2])
