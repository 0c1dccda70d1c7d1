-- Renew leases, and restore those that were lost with a flush or a restart.
--
-- KEYS[1]   sorted set of taken slots, as in take.lua
-- ARGV[1]   lease in milliseconds
-- ARGV[2…]  holders

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for index = 2, #ARGV do
  redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[index])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2)
