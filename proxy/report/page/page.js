// The review page: reads the stream of events, keeps the last 5,000, shows those that the filter
// leaves. Whatever came from the network goes into the page as text, never as markup.
const MOST = 5000, MINUTES = 15, SVG = 'http://www.w3.org/2000/svg';
const $ = (id) => document.getElementById(id), root = document.documentElement;

// What would be invisible, or reorder what stands beside it, is spelled out.
const visible = (text) => String(text).replace(/[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
  (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') node[name] = value;
    else if (value !== undefined && value !== false) node.setAttribute(name, visible(value));
  }
  node.append(...children.flat().filter((child) => child || child === 0).map((child) => child.nodeType ? child : visible(child)));
  return node;
}
const make = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const button = (act, words, more) => make('button', { onclick: act, ...more }, words);

// --- the key, the filter in the address, the look

const address = new URLSearchParams(location.hash.slice(1));
const store = sessionStorage;
let key = address.get('k') || store.k || '';
store.k = key;

const dark = matchMedia('(prefers-color-scheme: dark)');
function dress() {
  if (store.theme) root.dataset.theme = store.theme;
  $('theme').textContent = (store.theme || (dark.matches ? 'dark' : 'light')) === 'dark' ? 'Light' : 'Dark';
}
$('theme').onclick = () => { store.theme = $('theme').textContent.toLowerCase(); dress(); };
dark.onchange = dress;
dress();

// --- events

let events = [], about = {}, position = '', shown = [], chosen = null, opened = null, follow = true;

function eventOf(line) {
  const record = JSON.parse(line), auth = record.auth || {}, http = record.http || {}, message = record.msg || '';
  const dash = message.indexOf(' - ');
  return { line, record, auth, at: Date.parse(record.time), id: record.id || '', cause: auth.cause || '', token: auth.token || '',
    rules: auth.rules || [], status: http.response?.status_code || 0, method: http.request?.method || '', path: record.url?.path || '',
    client: record.client?.address || '', refused: record.event === 'auth.failure', why: dash < 0 ? '' : message.slice(dash + 3),
    message, refresh: auth.refresh || 'off' };
}

const list = (value) => value.toLowerCase().split(',').filter(Boolean);
const one = (of) => (words) => (event) => [of(event)].flat().some((value) => words.includes(value.toLowerCase()));
const begins = (of) => (words) => (event) => [of(event)].flat().some((value) => words.some((word) => value.startsWith(word)));
const GLOB = { '/**': '(/.*)?', '**': '.*', '*': '[^/]*' };
const pattern = (glob) => new RegExp(`^${glob.replace(/\/\*\*$|\*\*|\*|[^\w/]/g, (part) => GLOB[part] || `\\${part}`)}$`, 's');
const within = (glob) => (glob.includes('*') ? glob : `${glob}**`);
const TERMS = {
  cause: one((event) => event.cause),
  rule: one((event) => event.rules),
  method: one((event) => event.method),
  client: one((event) => event.client),
  status: (words) => begins((event) => String(event.status))(words.map((word) => word.replace(/x+$/, ''))),
  token: (words) => begins((event) => [event.token, event.auth.replaced_token || ''])(words.map((word) => `tk_${word.replace('tk_', '')}`)),
  path: (_, raw) => { const want = raw.split(',').map((glob) => pattern(within(glob))); return (event) => want.some((glob) => glob.test(event.path)); },
  text: (_, raw) => { const want = raw.toLowerCase(); return (event) => (event.low ??= event.line.toLowerCase()).includes(want); },
};
// "cause:a path:/v1 word": terms of one name widen, those of different names narrow.
function parse(words) {
  const asked = new Map();
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const colon = word.indexOf(':');
    let name = colon > 0 ? word.slice(0, colon).toLowerCase() : 'text';
    if (name === 'tk') name = 'token';
    if (!Object.hasOwn(TERMS, name)) name = 'text';
    const value = name === 'text' ? word : word.slice(colon + 1);
    if (value) asked.set(name, [...(asked.get(name) || []), value]);
  }
  return asked;
}
function testOf(asked, without) {
  const tests = [...asked].filter(([name]) => name !== without).map(([name, values]) => {
    const any = values.map((value) => TERMS[name](list(value), value));
    return (event) => any[name === 'text' ? 'every' : 'some']((test) => test(event));
  });
  return (event) => tests.every((test) => test(event));
}
let asked, fits;
function setFilter(words) {
  $('filter').value = words;
  asked = parse(words);
  fits = testOf(asked);
  shown = events.filter(fits);
  history.replaceState(null, '', words.trim() ? `#${new URLSearchParams({ q: words.trim() })}` : location.pathname);
  render();
}
function toggleTerm(term) {
  const words = $('filter').value.split(/\s+/).filter(Boolean);
  const others = words.filter((word) => word.split(':')[0] !== term.split(':')[0]);
  setFilter([...others, words.includes(term) ? '' : term].join(' ').trim());
}
function query(more) {
  const pairs = new URLSearchParams(more);
  for (const [name, values] of asked) for (const value of values) pairs.append(name, name === 'path' ? within(value) : value);
  return pairs;
}

// --- the stream: fetch, because an EventSource cannot send Authorization

let stopped = null;
const ask = (path, headers) => fetch(path, { headers: { Authorization: `Bearer ${key}`, ...headers }, signal: stopped?.signal });
const tell = (words, kind) => $('state').replaceChildren(make('span', { class: kind }, words));

function take(block) {
  let name = 'message', data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) data = line.slice(6);
    else if (line.startsWith('event: ')) name = line.slice(7);
    else if (line.startsWith('id: ')) position = line.slice(4);
  }
  if (!data) return;
  if (name === 'about') {
    const before = about;
    about = JSON.parse(data);
    if (before.run && before.run !== about.run) { events = []; shown = []; opened = chosen = null; }
    if (about.state === 'ready') tell('● live', 'good'); else tell('◐ draining', 'warn');
    $('where').textContent = visible(`${about.listen} → ${about.upstream} · ${about.mode}`);
    greet();
  } else if (name === 'gap') {
    say(`${JSON.parse(data).lost} events were lost`);
  } else {
    const event = eventOf(data);
    events.push(event);
    if (fits(event)) shown.push(event);
  }
}
async function read(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = '';;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    blocks.forEach(take);
    if (events.length > MOST) {
      events = events.slice(-MOST);
      shown = events.filter(fits);
    }
    later();
  }
}
async function connect() {
  stopped?.abort();
  const mine = stopped = new AbortController();
  for (let pause = 500; !mine.signal.aborted; pause = Math.min(pause * 2, 8000)) {
    try {
      const response = await ask(`/api/v1/stream?limit=${MOST}`, position ? { 'Last-Event-ID': position } : {});
      if (response.status === 401) return gate(key ? 'This key is old or cut short.' : '');
      if (response.ok) {
        pause = 500;
        $('gate').hidden = true;
        await read(response);
      }
    } catch { /* gone: it is tried again */ }
    if (mine.signal.aborted) return;
    tell('○ not connected', 'bad');
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}
function gate(why) {
  tell('○ no key', 'bad');
  $('gate-why').textContent = why;
  $('gate').hidden = false;
  for (const id of ['totals', 'board', 'start']) $(id).hidden = true;
  $('key').focus();
}
$('gate').onsubmit = (submit) => {
  submit.preventDefault();
  const typed = $('key').value.trim(), mark = typed.indexOf('#k=');
  key = mark < 0 ? typed : typed.slice(mark + 3).split('&')[0];
  store.k = key;
  $('key').value = '';
  connect();
};

// --- what is seen

let due = 0;
function later() { due ||= setTimeout(() => requestAnimationFrame(render), 50); }
function render() {
  clearTimeout(due);
  due = 0;
  if (!$('gate').hidden) return;
  const any = events.some((event) => event.record.event !== 'lifecycle');
  $('start').hidden = any || !about.run;
  $('totals').hidden = $('board').hidden = !any;
  if (!any) return;
  totals();
  bars('causes', 'cause', (event) => (event.cause ? [event.cause] : []));
  bars('rules', 'rule', (event) => event.rules);
  lives();
  rows(true);
}
function greet() {
  const base = about.listen?.split(' ')[0] || '';
  $('proxy').textContent = visible(base);
  $('lines').replaceChildren(...Object.entries({
    curl: `curl -i -H "Authorization: Bearer $TOKEN" ${base}/`,
    fetch: `await fetch('${base}/', { headers: { Authorization: \`Bearer \${token}\` } })`,
    Vite: `// vite.config.js\nexport default { server: { proxy: { '/api': '${base}' } } }`,
  }).flatMap(([name, text]) => [make('h3', {}, name), fillLines(text)]));
  later();
}
const fillLines = (text) => { const pre = make('pre'); pre.textContent = text.split('\n').map(visible).join('\n'); return pre; };

// A date that is none is no error here: claims hold what their issuer put there.
const iso = (at) => (Number.isNaN(+new Date(at)) ? '?' : new Date(at).toISOString());
const clock = (at) => iso(at).slice(11, 19);
const spell = (s) => (s < 120 ? `${s} s` : s < 7200 ? `${Math.round(s / 60)} min` : s < 172800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} d`);
const tone = ({ status }) => ({ 401: 'warn', 403: 'odd' })[status] || (status >= 500 ? 'bad' : status < 400 && 'good');
const brief = (token) => token.slice(0, 11);
function dot(token) {
  const node = make('span', { class: 'dot', 'aria-hidden': 'true' });
  node.style.background = `hsl(${(parseInt(token.slice(3, 9), 16) || 0) % 360} 65% 50%)`;
  return node;
}

function totals() {
  const now = Date.now(), bins = new Array(60).fill(0), width = MINUTES * 60000;
  const count = { 401: 0, 403: 0, replayed: 0, violations: 0 };
  let skew, recent = 0;
  for (const event of shown) {
    if (event.status in count) count[event.status] += 1;
    if (/^(replayed|joined)/.test(event.refresh)) count.replayed += 1;
    count.violations += event.rules.length;
    if (event.record.clock) skew = event.record.clock.skew_s;
    const ago = now - event.at;
    if (event.refused && ago >= 0 && ago < width) { bins[59 - Math.floor(ago / (width / 60))] += 1; recent += 1; }
  }
  const tall = (n) => (n / Math.max(1, ...bins)) * 20;
  $('spark').replaceChildren(...bins.map((n, i) => draw('rect', { x: i, width: 0.8, y: 20 - tall(n), height: tall(n) })));
  $('spark').setAttribute('aria-label', `${recent || 'No'} refusals in the last ${MINUTES} minutes`);
  const words = [`last ${MINUTES} min: ${recent}`, ...Object.entries(count).map(([name, n]) => `${name} ×${n}`), skew !== undefined && `skew ${skew > 0 ? '+' : ''}${skew} s`];
  $('counts').replaceChildren(...words.filter(Boolean).map((word) => make('li', {}, word)));
}

// Buttons that put a term into the filter and take it out; the one that has the focus keeps it.
function choices(id, nodes) {
  const focus = document.activeElement.dataset.term;
  $(id).replaceChildren(...nodes.length ? nodes : [make('p', { class: 'dim' }, 'none')]);
  if (focus) [...$(id).children].find((node) => node.dataset.term === focus)?.focus();
}
const choice = (term, on, ...children) => button(() => toggleTerm(term), children, { 'data-term': term, 'aria-pressed': String(on) });

// Counts of what the rest of the filter leaves, so that another bar can be taken.
function bars(id, name, of) {
  const counts = new Map(), test = testOf(asked, name), on = list((asked.get(name) || []).join());
  for (const event of events) if (test(event)) for (const word of of(event)) counts.set(word, (counts.get(word) || 0) + 1);
  const order = [...counts].sort((a, b) => b[1] - a[1]);
  choices(id, order.map(([word, n]) => {
    const bar = make('i');
    bar.style.width = `${(n / order[0][1]) * 100}%`;
    return choice(`${name}:${word}`, on.includes(word), make('span', {}, word), make('span', {}, n), bar);
  }));
}

// A life line for each token: issued to expires, the moments it was seen on it, dashed once over.
function lives() {
  const lives = new Map(), test = testOf(asked, 'token'), now = Date.now(), hour = 3600000;
  for (const event of events) {
    if (!event.token || !test(event)) continue;
    const life = lives.get(event.token) || { token: event.token, seen: [], first: event.at }, jwt = event.record.jwt || {};
    lives.set(event.token, life);
    life.last = event.at;
    life.seen.push(event);
    if (jwt.iat) life.issued = jwt.iat * 1000;
    if (jwt.exp) life.expires = jwt.exp * 1000;
  }
  const latest = [...lives.values()].sort((a, b) => b.last - a.last).slice(0, 20);
  const begin = Math.min(...latest.map((life) => Math.max(life.issued ?? life.first, life.first - 2 * hour)));
  const end = Math.max(now, ...latest.map((life) => Math.min(life.expires ?? 0, now + hour)));
  const x = (at) => (1 + 98 * Math.min(1, Math.max(0, (at - begin) / (end - begin)))).toFixed(1);
  const line = (kind, from, to, y1 = 8, y2 = 8) => draw('line', { class: kind, x1: from, x2: to, y1, y2 });
  choices('tokens', latest.map((life) => {
    const from = life.issued ?? life.first, to = life.expires ?? life.last, own = brief(life.token).slice(3);
    const words = [life.issued && `issued ${clock(life.issued)}`, life.expires && `${life.expires < now ? 'expired' : 'expires'} ${clock(life.expires)}`,
      life.issued && life.expires && `lives ${spell((life.expires - life.issued) / 1000)}`, `seen ${clock(life.first)}–${clock(life.last)}`,
      `refused ${life.seen.filter((event) => event.refused).length} of ${life.seen.length}`];
    const marks = new Set(life.seen.map((event) => `${event.refused ? 'refused' : 'seen'} ${x(event.at)}`));
    return choice(`tk:${own}`, (asked.get('token') || []).includes(own), dot(life.token), make('code', {}, brief(life.token)),
      draw('svg', { viewBox: '0 0 100 16', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, to > from && line('life', x(from), x(to)), life.last > to && line('late', x(to), x(life.last)),
        [...marks].map((mark) => { const [kind, at] = mark.split(' '); return line(kind, at, at, 3, 13); })), make('small', {}, words.filter(Boolean).join(', ')));
  }));
}

// --- the list: only the rows in sight are there

const height = () => parseFloat(getComputedStyle(root).getPropertyValue('--row')) * parseFloat(getComputedStyle(root).fontSize);
function row(event, index, each) {
  const { token } = event, cell = (kind, ...words) => make('span', { class: kind }, ...words);
  const node = make('div', { class: 'row', role: 'option', id: `row-${index}`, 'aria-selected': String(event === chosen), 'aria-setsize': shown.length, 'aria-posinset': index + 1, title: event.message, onclick: () => choose(index, true) },
    cell('time dim', clock(event.at)), event.method ? [cell(`status ${tone(event)}`, event.status || '---'), cell('method', event.method), cell('path', event.path),
      cell('reason', /^(replayed|joined)/.test(event.refresh) ? '↻ ' : event.refused ? '✗ ' : '', event.why || (event.record.event !== 'http.access' && event.message)), cell('token', token && dot(token), brief(token))] : cell('whole dim', event.message));
  node.style.top = `${index * each}px`;
  return node;
}
function rows(fresh) {
  const each = height(), box = $('list');
  $('shown').textContent = `${shown.length} of ${events.length}`;
  $('none').hidden = shown.length > 0;
  box.hidden = shown.length === 0;
  $('window').style.height = `${shown.length * each}px`;
  if (fresh && follow) box.scrollTop = shown.length * each;
  const first = Math.max(0, Math.floor(box.scrollTop / each) - 5), last = Math.min(shown.length, Math.ceil((box.scrollTop + box.clientHeight) / each) + 5);
  $('window').replaceChildren(...shown.slice(first, last).map((event, i) => row(event, first + i, each)));
  const at = shown.indexOf(chosen);
  if (at >= first && at < last) box.setAttribute('aria-activedescendant', `row-${at}`);
  else box.removeAttribute('aria-activedescendant');
}
function choose(index, open) {
  if (!shown.length) return;
  const at = Math.min(shown.length - 1, Math.max(0, index)), each = height(), box = $('list');
  chosen = shown[at];
  setFollow(false);
  if (at * each < box.scrollTop) box.scrollTop = at * each;
  if ((at + 1) * each > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * each - box.clientHeight;
  rows();
  if (open || opened) card(chosen);
}
const move = (step) => choose(chosen ? shown.indexOf(chosen) + step : step > 0 ? 0 : shown.length - 1);
function setFollow(on) {
  follow = on;
  $('follow').setAttribute('aria-pressed', String(on));
  if (on) rows(true);
}
let top = 0;
$('list').onscroll = () => {
  if ($('list').scrollTop < top - 2 && follow) setFollow(false);
  top = $('list').scrollTop;
  rows();
};

// --- why

// Values that were not logged are named in one line.
function fields(header, known) {
  const all = Object.entries({ ...header, ...known }), bare = all.filter(([, value]) => !value).map(([name]) => name);
  return [...all.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`), ...bare.length ? [`(and ${bare.join(', ')})`] : []];
}
const message = (title, first, lines) => make('div', {}, make('h3', {}, title), fillLines([first, ...lines].join('\n')));
function card(event) {
  opened = event;
  const { record, auth, rules } = event, http = record.http || {}, jwt = record.jwt, challenge = auth.challenge || {};
  const added = [...(challenge.injected || []).map((value) => `WWW-Authenticate: ${value}`), ...(auth.changes || []), ...(event.refresh !== 'off' ? [`refresh: ${event.refresh} ${auth.replaced_token || ''} → ${event.status}`] : [])];
  const would = challenge.would_send || [];
  const claims = jwt && Object.entries(jwt).map(([name, value]) => [name, /^(iat|exp|nbf)$/.test(name) ? `${value} = ${iso(value * 1000)}` : value]);
  const link = (name, value) => button(() => toggleTerm(`${name}:${value}`), value);
  $('why').replaceChildren(
    make('h2', {}, event.why || event.message, ' ', make('small', {}, [auth.confidence, auth.verdict].filter(Boolean).join(' · '))),
    make('p', { class: 'dim' }, [record.time, event.client && `from ${event.client}`, event.token, record.duration_ms && `${record.duration_ms} ms`, event.id].filter(Boolean).join(' · ')),
    make('ul', { class: 'evidence' }, (auth.evidence || []).map((words) => make('li', {}, words))),
    auth.remedy && make('p', {}, make('strong', {}, 'Fix: '), auth.remedy),
    event.cause && make('p', {}, 'Cause ', link('cause', event.cause), auth.also?.length > 0 && ` also ${auth.also.join(', ')}`),
    rules.length > 0 && make('p', {}, 'Broken ', rules.map((id) => link('rule', id))),
    event.method && make('div', { class: 'trio' },
      message('Sent', `${event.method} ${event.path}${record.url?.query ? `?${record.url.query}` : ''}`, fields(http.request?.header, auth.source === 'header' && { authorization: `${auth.scheme} ${event.token}` })),
      message('Got', record.upstream?.status_code || 'no answer', fields(http.response?.header, challenge.received?.length && { 'www-authenticate': challenge.received.join('\nwww-authenticate: ') })),
      make('div', {}, make('h3', {}, 'What whogoes changed'), added.length ? make('pre', {}, added.map((line) => make('div', { class: 'plus good' }, line))) : make('p', {}, 'nothing'), would.length > 0 && fillLines(`would send ${would.join(', ')}`))),
    claims && make('div', {}, make('h3', {}, 'Token'), make('dl', {}, claims.flatMap((pair) => [make('dt', {}, pair[0]), make('dd', {}, String(pair[1]))]))),
    make('div', { class: 'tools' }, event.method && button(() => copy('curl'), 'Copy curl'), button(() => copy('markdown'), 'Copy Markdown'),
      event.method && button(() => save('export.har', `whogoes-${event.id}.har`, new URLSearchParams({ id: event.id })), 'Save HAR'), button(shut, 'Close')));
  $('why').hidden = false;
}
function shut() {
  opened = null;
  $('why').hidden = true;
  $('list').focus();
}

// --- copy and export: the proxy renders them, as `whogoes log export` does

let silence = 0;
function say(words) {
  $('said').textContent = visible(words);
  clearTimeout(silence);
  silence = setTimeout(() => { $('said').textContent = ''; }, 4000);
}
async function copy(format) {
  const event = opened || chosen;
  if (!event) return say('Choose an event first');
  const response = await ask(`/api/v1/events?${new URLSearchParams({ id: event.id, format })}`);
  const text = response.ok ? await response.text() : '';
  if (!text) return say('This event is no longer kept');
  try {
    await navigator.clipboard.writeText(text.trimEnd());
    say(`Copied as ${format}`);
  } catch {
    $('copy').value = text;
    $('text').showModal();
    $('copy').select();
  }
}
async function save(path, name, pairs) {
  const response = await ask(`/api/v1/${path}?${pairs}`);
  if (!response.ok) return say((await response.json()).message);
  const link = make('a', { href: URL.createObjectURL(await response.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
$('har').onclick = () => save('export.har', 'whogoes.har', query());
$('markdown').onclick = () => save('events', 'whogoes.md', query({ format: 'markdown' }));
$('follow').onclick = () => setFollow(!follow);
$('help').onclick = () => $('keys').showModal();
$('clear').onclick = () => setFilter('');
$('filter').oninput = () => setFilter($('filter').value);

// --- keys

$('letters').checked = !store.silent;
$('letters').onchange = () => { store.silent = $('letters').checked ? '' : 1; };
const KEYS = { j: () => move(1), k: () => move(-1), f: () => setFollow(!follow), c: () => copy('curl'), m: () => copy('markdown'), '/': () => $('filter').focus(), '?': () => $('keys').showModal() };
document.onkeydown = (press) => {
  if (press.ctrlKey || press.metaKey || press.altKey || document.querySelector('dialog[open]')) return;
  const typing = press.target.matches('input, textarea');
  if (press.key === 'Escape') return typing ? press.target.blur() : opened && shut();
  if (typing) return;
  const inList = press.target === $('list');
  let act = $('letters').checked ? KEYS[press.key] : undefined;
  if (inList) act = { ArrowDown: KEYS.j, ArrowUp: KEYS.k, Home: () => choose(0), End: () => choose(shown.length - 1) }[press.key] || act;
  if (press.key === 'Enter' && chosen && (inList || press.target === document.body)) act = () => { card(chosen); $('why').focus(); };
  if (!act || $('board').hidden && !'?/'.includes(press.key)) return;
  press.preventDefault();
  act();
};
addEventListener('resize', () => rows());
addEventListener('hashchange', () => location.reload());
setInterval(() => { if (events.length) totals(); }, 5000);
setFilter(address.get('q') || '');
connect();
