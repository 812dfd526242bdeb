// A page with a dozen event streams, over HTTP/2: six connections of HTTP/1.1 would be all that a browser
// opens to one host, and the seventh stream would hold everything up. node http_2.cjs WHOGOES
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { answers, ended, freePort, launch, until, within } = require('./rig.cjs');

const STREAMS = 12;

function certificate(folder) {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

// The API speaks HTTP/1.1, and counts the streams that are open.
const startApi = () => new Promise((resolve) => {
  const open = new Set();
  const server = http.createServer((request, response) => {
    if (request.url.startsWith('/stream')) {
      open.add(response);
      response.on('close', () => open.delete(response));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`data: ${request.url}\n\n`);
      return;
    }
    const page = request.url === '/page';
    response.writeHead(page ? 200 : 401, { 'Content-Type': page ? 'text/html' : 'application/json' });
    response.end(page ? '<!doctype html><title>page</title>' : '{}');
  }).listen(0, '127.0.0.1', () => resolve({ server, open }));
});

async function main(whogoes) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-http2-'));
  const api = await startApi(), port = await freePort(), { cert, key } = certificate(folder);
  const log = path.join(folder, 'log.jsonl'), config = path.join(folder, 'whogoes.yaml');
  fs.writeFileSync(config, `version: 1\ntls: {certificate: ${cert}, key: ${key}}\nchallenge: {offer: bearer}\nlog: {format: json, output: ${log}}\n`);
  const proxy = launch(whogoes, ['-c', config, '-u', `http://127.0.0.1:${api.server.address().port}`, '-l', `127.0.0.1:${port}`, '--admin', 'off'], folder);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    await until(() => answers(port), 'whogoes to listen');
    const context = await browser.newContext({ ignoreHTTPSErrors: true }), page = await context.newPage();
    await page.goto(`https://127.0.0.1:${port}/page`);
    const seen = await within(20000, page.evaluate(async (streams) => {
      const first = (url) => new Promise((resolve, reject) => {
        const source = new EventSource(url);
        source.onmessage = (event) => resolve(event.data);
        source.onerror = () => reject(new Error(`${url} failed`));
      });
      const events = await Promise.all(Array.from({ length: streams }, (_none, at) => first(`/stream/${at}`)));
      const refused = await fetch('/orders');
      await refused.text();
      const [entry] = performance.getEntriesByType('navigation');
      return { events: events.length, status: refused.status, challenge: refused.headers.get('WWW-Authenticate'), protocol: entry.nextHopProtocol };
    }, STREAMS), 'the streams and the fetch behind them');
    const expected = { events: STREAMS, status: 401, challenge: 'Bearer realm="api"', protocol: 'h2' };
    if (JSON.stringify(seen) !== JSON.stringify(expected)) throw new Error(`the page saw ${JSON.stringify(seen)}`);
    if (api.open.size !== STREAMS) throw new Error(`${api.open.size} streams are open at the API`);
    await context.close();
    await until(() => api.open.size === 0, 'the API to hear that the page is gone');
    await until(() => fs.existsSync(log) && fs.readFileSync(log, 'utf8').includes('no-credentials'), 'the record of the refusal');
    console.log('ok     a dozen event streams and a fetch over HTTP/2, and their end');
  } finally {
    await browser.close();
    proxy.kill('SIGTERM');
    await ended(proxy);
    api.server.close();
    api.server.closeAllConnections();
    fs.rmSync(folder, { recursive: true });
  }
}

main(process.argv[2]).catch((error) => {
  console.log(`FAILED a dozen event streams over HTTP/2: ${error.message}`);
  process.exitCode = 1;
});
