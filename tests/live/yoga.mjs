// GraphQL Yoga with its two plugins for this, unmodified: JWT in front of every operation, and
// generic-auth for single fields. node yoga.mjs PORT SECRET
import { createServer } from 'node:http';
import { useGenericAuth } from '@envelop/generic-auth';
import { createInlineSigningKeyProvider, useJWT } from '@graphql-yoga/plugin-jwt';
import { createSchema, createYoga } from 'graphql-yoga';

const [port, secret] = process.argv.slice(2);

const schema = createSchema({
  typeDefs: `
    directive @authenticated on FIELD_DEFINITION
    directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
    type Query {
      open: [String]
      items: [String] @authenticated
      admin: [String] @authenticated @requiresScopes(scopes: [["items:admin"]])
    }`,
  resolvers: { Query: { open: () => [], items: () => [], admin: () => [] } },
});

const tokens = (reject) => useJWT({
  signingKeyProviders: [createInlineSigningKeyProvider(secret)],
  tokenVerification: { algorithms: ['HS256'], issuer: 'https://id.example', audience: 'live' },
  extendContext: true,
  reject,
});
const fields = useGenericAuth({ mode: 'protect-granular', resolveUserFn: (context) => context.jwt?.payload });

const all = createYoga({ schema, logging: false, graphqlEndpoint: '/all/graphql', plugins: [tokens({ missingToken: true, invalidToken: true })] });
const some = createYoga({ schema, logging: false, graphqlEndpoint: '/some/graphql', plugins: [tokens({ missingToken: false, invalidToken: true }), fields] });

createServer((request, response) => (request.url.startsWith('/all') ? all : some)(request, response))
  .listen(Number(port), '127.0.0.1');
