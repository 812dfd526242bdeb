// A record of each kind that the log may hold, the sparest and the fullest of it, and words that its
// card must have. None of them holds "undefined", "false" or "null" itself.
const auth = (more) => ({ cause: 'no-credentials', confidence: 'certain', also: [], evidence: ['nothing was sent'], facts: {}, remedy: 'Send a token', challenge: { received: [], injected: [] }, rules: [], verdict: '401-correct', refresh: 'off', ...more });
const exchange = (event, status, target, more) => ({ level: 'warn', event, msg: `${status} GET ${target} - something`, http: { request: { method: 'GET' }, response: { status_code: status } }, url: { path: target }, ...more });
const jwt = { alg: 'RS256', kid: '1', iss: 'https://id.example', aud: ['api'], exp: 1795437432, iat: 1795433832, verified: false };

const RECORDS = [
  [exchange('auth.failure', 401, '/kind/jwt', { auth: auth({ cause: 'token-expired', scheme: 'Bearer', source: 'header', token: 'tk_7f3a91c2d04e', rules: ['unauthorized-without-challenge'], also: ['client-clock-wrong'] }), jwt, clock: { skew_s: 3 } }), ['iss', 'RS256', 'not verified', 'Rules broken', 'Cause, and what else fits']],
  [exchange('auth.failure', 401, '/kind/bare', { auth: auth() }), ['no credentials', '401 is the right status', 'nothing was sent', 'Send a token', 'nothing']],
  [exchange('auth.failure', 403, '/kind/doubtful', { auth: auth({ cause: 'permission-denied', confidence: 'possible', verdict: 'unknown', verdict_reason: 'A reason.' }) }), ['possible: it may be something else', 'whether 401 or 403 is right cannot be told', 'A reason.']],
  [exchange('auth.failure', 401, '/kind/skipped', { auth: auth({ refresh: 'skipped:method', changes: ['one thing'] }) }), ['refresh: not tried, method', 'one thing']],
  [exchange('auth.failure', 401, '/kind/failed', { auth: auth({ refresh: 'failed' }) }), ['refresh: no new token came']],
  [exchange('auth.failure', 200, '/kind.Calls/Refused', { msg: '200 POST /kind.Calls/Refused - no credentials, gRPC status 16 (unauthenticated)', auth: auth(), rpc: { system: 'grpc', service: 'kind.Calls', method: 'Refused', grpc: { status_code: 16 } } }), ['gRPC status 16 (unauthenticated)', 'grpc-status: 16']],
  [exchange('auth.failure', 401, '/kind/spare', { auth: { cause: 'a-cause-of-another-version' } }), ['a-cause-of-another-version']],
  [exchange('auth.compliance', 200, '/kind/compliance', { auth: auth({ cause: undefined, confidence: undefined, remedy: 'Mend it', rules: ['unauthorized-without-challenge'], verdict: 'unknown' }) }), ['Rules broken', 'Mend it']],
  [exchange('auth.refresh', 200, '/kind/replayed', { auth: auth({ refresh: 'replayed', token: 'tk_7f3a91c2d04e', replaced_token: 'tk_c90e14d80000' }) }), ['a new token was fetched', 'tk_c90e14d80000']],
  [exchange('http.access', 200, '/kind/access', { level: 'info', msg: '200 GET /kind/access' }), ['/kind/access']],
  [exchange('proxy.error', 502, '/kind/error', { level: 'error', msg: 'could not reach the API' }), ['could not reach the API', 'no answer of the API']],
  [{ level: 'error', event: 'proxy.error', msg: 'a fault of its own' }, ['a fault of its own']],
  [{ level: 'info', event: 'config.reload', msg: 'configuration reloaded' }, ['configuration reloaded']],
  [{ level: 'error', event: 'config.reload', msg: 'the configuration stays as it was' }, ['stays as it was']],
  [{ level: 'warn', event: 'lifecycle', msg: 'simulating something' }, ['simulating something']],
];
const UNSEEN = { level: 'info', event: 'lifecycle', msg: 'started somewhere' };

// As lines of a log that ends now.
const lines = () => [UNSEEN, ...RECORDS.map(([record]) => record)].map((record, i) => JSON.stringify({ time: new Date(Date.now() - 60000 + i * 1000).toISOString(), schema: 'whogoes/1', id: `KIND${String(i).padStart(8, '0')}`, ...record }));

module.exports = { RECORDS, lines };
