-- Rest a lane after a 429, and cut its limit unless that was done for this burst already.
--
-- KEYS[1]  hash, the lane, as in take.lua and grow.lua; of the last cut `cut_at` (a moment), `cut_from`, `cut_why`
-- ARGV[1]  how many cuts the lane had had when the refused submission got its slot
-- ARGV[2]  what BFL said
-- ARGV[3]  milliseconds that BFL asks us to rest
-- ARGV[4]  milliseconds that a cut lane rests at least
-- ARGV[5]  the part of the limit that a cut leaves
--
-- Returns the new limit, or nothing where it was not cut.

local lane = redis.call('HMGET', KEYS[1], 'limit', 'cuts', 'rests_until')
if not lane[1] then
  return false
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local limit, cuts, rests_until = tonumber(lane[1]), tonumber(lane[2]), tonumber(lane[3])
local new_burst = cuts == tonumber(ARGV[1])
local rest = new_burst and math.max(tonumber(ARGV[3]), tonumber(ARGV[4])) or tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'rests_until', math.max(rests_until, now + rest))
if not new_burst then
  return false
end
local left = math.max(1, math.floor(limit * tonumber(ARGV[5])))
redis.call('HSET', KEYS[1], 'limit', left, 'cuts', cuts + 1, 'accepted', 0,
  'cut_at', now, 'cut_from', limit, 'cut_why', ARGV[2])
return left
