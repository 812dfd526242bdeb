// Apollo Server, unmodified, with the checks that its documentation shows: in the context, in a
// resolver, and a library's error let through. The path says which. node apollo.mjs PORT SECRET
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError } from 'graphql';
import jwt from 'jsonwebtoken';

const [port, secret] = process.argv.slice(2);
const refuse = (message, code, http) => { throw new GraphQLError(message, { extensions: { code, http } }); };

const typeDefs = 'type Query { items: [String], admin: [String], word(length: Int!): String }';
const resolvers = {
  Query: {
    items: (_parent, _arguments, { user }) => (user ? [] : refuse('You must be logged in', 'UNAUTHENTICATED')),
    admin: (_parent, _arguments, { user }) => (user?.role === 'admin' ? [] : refuse('You are not authorized to perform this action.', 'FORBIDDEN')),
    word: (_parent, { length }) => (length > 0 ? 'a'.repeat(length) : refuse('A length is more than nothing', 'BAD_USER_INPUT')),
  },
};

const userOf = (request) => {
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  try {
    return jwt.verify(token, secret, { audience: 'live' });
  } catch (error) {
    if (request.url.startsWith('/library')) throw error;
    return null;
  }
};

const context = async ({ req }) => {
  const user = userOf(req);
  if (!user && req.url.startsWith('/context')) refuse('User is not authenticated', 'UNAUTHENTICATED', { status: 401 });
  return { user };
};

const server = new ApolloServer({ typeDefs, resolvers, includeStacktraceInErrorResponses: false });
await startStandaloneServer(server, { context, listen: { port: Number(port), host: '127.0.0.1' } });
