// The API behind the proxy, as front ends meet it: sessions by cookie, bare 401s, CORS half done,
// an event stream and a WebSocket.
const { createHash } = require('node:crypto');
const http = require('node:http');

const CORS = (request) => ({ 'Access-Control-Allow-Origin': request.headers.origin || '*', Vary: 'Origin' });

// path: (request) => [status, fields, body]
const ANSWERS = {
  '/page': () => [200, { 'Content-Type': 'text/html' }, '<!doctype html><title>page</title>'],
  '/orders': (request) => [request.headers.authorization ? 200 : 401, {}, '{}'],
  '/no-cors-on-errors': () => [401, {}, '{}'],
  '/with-cors': (request) => [401, CORS(request), '{}'],
  '/preflight': (request) => [request.method === 'OPTIONS' ? 401 : 200, CORS(request), '{}'],
  '/picture.png': () => [401, {}, '{}'],
  '/events': () => [401, {}, '{}'],
  '/opaque': () => [401, {}, '{}'],
  '/login-foreign': () => [200, { 'Set-Cookie': 'sid=1; Domain=api.example; Path=/' }, '{}'],
  '/login-production': () => [200, { 'Set-Cookie': 'sid=1; Domain=api.example; Path=/; Secure; SameSite=None' }, '{}'],
  '/after-foreign': (request) => [request.headers.cookie ? 200 : 401, {}, '{}'],
  '/login-good': () => [200, { 'Set-Cookie': 'good=1; Path=/; HttpOnly' }, '{}'],
  '/after-good': (request) => [/good=1/.test(request.headers.cookie || '') ? 200 : 401, {}, '{}'],
  '/basic': (request) => [/^Basic /.test(request.headers.authorization || '') ? 200 : 401, {}, '{}'],
};

function upgrade(request, socket) {
  if (request.url !== '/socket') {
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on('error', () => socket.destroy());
  socket.on('data', (frame) => {   // one short masked text frame, sent back unmasked
    if ((frame[0] & 0x0f) !== 1) return socket.end();
    const length = frame[1] & 0x7f, mask = frame.subarray(2, 6);
    const text = Buffer.from(frame.subarray(6, 6 + length).map((octet, at) => octet ^ mask[at % 4]));
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
}

exports.start = () => new Promise((resolve) => {
  const server = http.createServer((request, response) => {
    const answer = ANSWERS[request.url.split('?')[0]];
    const [status, fields, body] = answer ? answer(request) : [404, {}, ''];
    response.writeHead(status, { 'Content-Type': 'application/json', ...fields });
    response.end(body);
  });
  server.on('upgrade', upgrade);
  server.listen(0, '127.0.0.1', () => resolve(server));
});
