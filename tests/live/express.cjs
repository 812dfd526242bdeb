// Express with three of its authentication libraries, unmodified: express-oauth2-jwt-bearer,
// express-basic-auth, passport with passport-http-bearer. node express.cjs PORT SECRET PASSWORD TOKEN
const express = require('express');
const { auth, requiredScopes } = require('express-oauth2-jwt-bearer');
const basicAuth = require('express-basic-auth');
const passport = require('passport');
const { Strategy } = require('passport-http-bearer');

const [port, secret, password, token] = process.argv.slice(2);
const app = express();
const ok = (_request, response) => response.json({ items: [] });

const oauth2 = auth({
  secret, tokenSigningAlg: 'HS256', issuer: 'https://id.example', audience: 'live',
});
app.get('/oauth2/items', oauth2, ok);
app.get('/oauth2/admin', oauth2, requiredScopes('items:admin'), ok);

app.get('/basic/items', basicAuth({ users: { ann: password } }), ok);
app.get('/challenge/items', basicAuth({ users: { ann: password }, challenge: true, realm: 'live' }), ok);

passport.use(new Strategy((given, done) => done(null, given === token ? { name: 'ann' } : false)));
app.get('/passport/items', passport.authenticate('bearer', { session: false }), ok);

app.listen(Number(port), '127.0.0.1');
