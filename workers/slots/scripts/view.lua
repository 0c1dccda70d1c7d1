-- How a lane stands.
--
-- KEYS[1]  sorted set of taken slots, as in take.lua
-- KEYS[2]  hash, the lane, as in take.lua, grow.lua and cut.lua
--
-- Returns ceiling, limit, slots used, milliseconds of rest left, how many cuts there were, and of the last one moment,
-- limit before, and reason; or nothing where the lane is lost.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local lane = redis.call('HMGET', KEYS[2], 'ceiling', 'limit', 'rests_until', 'vouched_until', 'cuts')
if not lane[1] or now >= tonumber(lane[4]) then
  return false
end
local used = redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf')
local cut = redis.call('HMGET', KEYS[2], 'cut_at', 'cut_from', 'cut_why')
return {tonumber(lane[1]), tonumber(lane[2]), used, math.max(0, lane[3] - now), tonumber(lane[5]), cut[1], cut[2], cut[3]}
