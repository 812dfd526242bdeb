// Hono with its own middleware, unmodified: basic-auth, bearer-auth, jwt, and csrf.
// node hono.mjs PORT SECRET PASSWORD TOKEN
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { csrf } from 'hono/csrf';
import { jwt } from 'hono/jwt';

const [port, secret, password, token] = process.argv.slice(2);
const app = new Hono();

app.use('/basic/*', basicAuth({ username: 'ann', password }));
app.use('/bearer/*', bearerAuth({ token }));
app.use('/jwt/*', jwt({ secret, alg: 'HS256', verification: { iss: 'https://id.example', aud: 'live' } }));
app.use('/csrf/*', csrf());
app.on(['GET', 'POST'], '/:way/items', (context) => context.json({ items: [] }));

serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' });
