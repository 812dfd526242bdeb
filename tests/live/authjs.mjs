// Auth.js behind Express, unmodified: its own login by password, and a route that wants its
// session, as its documentation shows it. node authjs.mjs PORT SECRET PASSWORD
import { ExpressAuth, getSession } from '@auth/express';
import Credentials from '@auth/express/providers/credentials';
import express from 'express';

const [port, secret, password] = process.argv.slice(2);
const config = {
  secret, trustHost: true, basePath: '/auth', logger: { error() {}, warn() {}, debug() {} },
  providers: [Credentials({
    credentials: { username: {}, password: {} },
    authorize: (given) => (given.username === 'ann' && given.password === password ? { id: '1', name: 'ann' } : null),
  })],
};

const app = express();
app.use(/^\/auth\/(.*)/, ExpressAuth(config));   // the group is where Auth.js looks for its base path
app.get('/items', async (request, response) => {
  const session = await getSession(request, config);
  if (session?.user) response.json({ items: [] });
  else response.status(401).json({ message: 'Not Authenticated' });
});
app.listen(Number(port), '127.0.0.1');
