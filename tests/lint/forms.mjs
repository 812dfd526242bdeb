// SARIF by its schema, JUnit by a reader, workflow commands by GitHub's own rules; of answers as
// they come, hostile ones too. node forms.mjs WHOGOES
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'junit2json';

const whogoes = process.argv[2];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'whogoes-lint-'));
let passed = 0, failed = 0;

async function check(name, run) {
  try {
    await run();
    passed += 1;
    console.log(`  ok     ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`  FAILED ${name}\n           ${String(error.stack || error).split('\n').slice(0, 4).join('\n           ')}`);
  }
}

function same(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

function lint(...words) {
  const done = spawnSync(whogoes, ['lint', ...words], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, XDG_STATE_HOME: folder } });
  return { text: done.stdout, flaw: done.stderr, status: done.status };
}

const entry = (url, status, headers = [], sent = []) => ({
  startedDateTime: '2026-11-23T12:51:24.318Z', time: 4,
  request: { method: 'GET', url, headers: sent }, response: { status, headers, content: { mimeType: 'text/plain', text: 'no <b>]]></b> \u001b[31m' } },
});
const har = (name, ...entries) => fs.writeFileSync(path.join(folder, name), JSON.stringify({ log: { version: '1.2', entries } }));

const bearer = { name: 'WWW-Authenticate', value: 'Bearer realm="a<&>\\"b"' };
har('plain.har', entry('http://a.example/orders', 401), entry('http://a.example/orders', 401), entry('http://a.example/', 200));
har('hostile, 100%.har', entry('http://a.example/%0A::error::x?a=<b>&c="d"', 401, [bearer]), entry('http://a.example/%1B%5B31m/\u202e', 403, [{ name: 'WWW-Authenticate', value: ']]>&amp; \u0007,,,' }]));
har('fine.har', entry('http://a.example/', 200));
const inputs = [['plain.har'], ['hostile, 100%.har'], ['fine.har'], ['plain.har', 'hostile, 100%.har', 'fine.har']];

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const schema = fs.readFileSync(new URL('node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json', import.meta.url), 'utf8').replace(/^\uFEFF/, '');
const is_sarif = ajv.compile({ ...JSON.parse(schema), $schema: 'http://json-schema.org/draft-07/schema#' });

for (const words of inputs) {
  await check(`SARIF of ${words}`, () => {
    const { text, status } = lint(...words, '-o', 'sarif');
    const sarif = JSON.parse(text);
    if (!is_sarif(sarif)) throw new Error(JSON.stringify(is_sarif.errors.slice(0, 3)));
    const errors = sarif.runs[0].results.filter((one) => one.level === 'error').length;
    same(errors > 0, status === 1, 'errors, and the exit status');
  });
  await check(`JUnit of ${words}`, async () => {
    const { text, status } = lint(...words, '-o', 'junit');
    const report = await parse(text);
    const cases = report.testsuite.flatMap((suite) => suite.testcase);
    same(cases.length, report.tests, 'cases');
    same(cases.filter((one) => one.failure).length, report.failures, 'failures');
    same(report.failures > 0, status === 1, 'failures, and the exit status');
  });
  await check(`workflow commands of ${words}`, () => {
    const lines = lint(...words, '-o', 'github').text.trimEnd().split('\n');
    const last = lines.pop();
    same(/^\d+ answers?: \d+ errors?, \d+ warnings?, \d+ notes?$/.test(last), true, last);
    // A property ends at a comma, a command at the second pair of colons.
    for (const line of lines) same(/^::(error|warning|notice) (file=[^,:]+,)?title=[a-z-]+::[^\n\r]+$/.test(line), true, line);
  });
}

await check('the schema can refuse', () => same(is_sarif({ version: '2.1.0', runs: [{}] }), false, 'a run without a tool'));

await check('a baseline: what is new alone fails', () => {
  same(lint('plain.har').status, 1, 'before');
  fs.writeFileSync(path.join(folder, 'base.json'), lint('plain.har', '--json').text);
  for (const base of ['base.json', 'plain.har']) {
    same(lint('plain.har', '--baseline', base).status, 0, base);
    same(lint('plain.har', 'hostile, 100%.har', '--baseline', base, '--fail-on', 'info').status, 1, `${base}, with more`);
  }
});

fs.rmSync(folder, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
