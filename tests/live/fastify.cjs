// Fastify with two of its authentication libraries, unmodified: @fastify/jwt and
// @fastify/bearer-auth. node fastify.cjs PORT SECRET TOKEN
const fastify = require('fastify')();
const [port, secret, token] = process.argv.slice(2);

async function withJwt(room) {
  await room.register(require('@fastify/jwt'), { secret });
  room.get('/jwt/items', { onRequest: (request) => request.jwtVerify() }, async () => ({ items: [] }));
}

async function withBearer(room) {
  await room.register(require('@fastify/bearer-auth'), { keys: new Set([token]) });
  room.get('/bearer/items', async () => ({ items: [] }));
}

fastify.register(withJwt);
fastify.register(withBearer);
fastify.listen({ port: Number(port), host: '127.0.0.1' });
