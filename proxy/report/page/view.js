// What is seen beside the list: the filter, the totals, the counts at the side, the lives of tokens,
// and what stands there before the first event.
import { $, brief, button, clock, dot, draw, lines, make, many, moment, number, refill, spell, visible, zone } from './dom.js';
import { refilter, renewed, state } from './events.js';
import { asked, flaws, parse, testOf } from './filter.js';
import { refreshCard, shut } from './card.js';
import { rows } from './list.js';
import { toClipboard } from './take.js';

const MINUTES = 15, SOME = 10;

export function setFilter(words) {
  if ($('filter').value !== words) $('filter').value = words;
  state.filter = parse(words);
  state.fits = testOf(state.filter.terms);
  $('flaw').textContent = visible(flaws(state.filter, state.names));
  refilter();
  if (state.opened && !state.fits(state.opened)) shut();
  if (state.chosen && !state.fits(state.chosen)) state.chosen = null;
  history.replaceState(null, '', words.trim() ? `#${new URLSearchParams({ q: words.trim() })}` : location.pathname);
  render();
}
// Puts a term in, in place of others of its name; or takes it out.
export function toggleTerm(term) {
  const words = $('filter').value.split(/\s+/).filter(Boolean);
  const others = words.filter((word) => word.split(':')[0] !== term.split(':')[0]);
  setFilter([...others, words.includes(term) ? '' : term].join(' ').trim());
}

let due = 0;
export function later() { due ||= setTimeout(() => requestAnimationFrame(render), 50); }
export function render() {
  clearTimeout(due);
  due = 0;
  if (!$('gate').hidden) return;
  const any = state.events.some((event) => event.record.event !== 'lifecycle');
  $('start').hidden = any || !state.about.run;
  $('totals').hidden = $('board').hidden = $('skip').hidden = !any;
  if (!any) return;
  totals();
  $('among').textContent = `in ${many(state.shown.length, 'event')}`;
  bars('causes', 'cause', state.names.causes, (event) => (event.cause ? [event.cause] : []));
  bars('rules', 'rule', state.names.rules, (event) => event.rules);
  lives();
  rows(true);
  refreshCard();
}

// Numbers of one window, and nothing else.
export function totals() {
  const now = Date.now(), width = MINUTES * 60000, bins = new Array(60).fill(0), count = { refused: 0, 401: 0, 403: 0, replayed: 0, broken: 0 };
  let skew, last = 0;
  for (const event of state.shown) {
    if (event.record.clock) skew = event.record.clock.skew_s;
    if (event.refused) last = Math.max(last, event.at);
    const ago = now - event.at;
    if (ago >= width) continue;
    if (event.status in count) count[event.status] += 1;
    if (renewed(event)) count.replayed += 1;
    count.broken += event.rules.length;
    if (!event.refused) continue;
    count.refused += 1;
    bins[59 - Math.max(0, Math.floor(ago / (width / 60)))] += 1;
  }
  const most = Math.max(...bins), tall = (n) => (n / Math.max(1, most)) * 20;
  refill($('spark'), bins.map((n, i) => draw('rect', { x: i, width: 0.8, y: 20 - tall(n), height: tall(n) })));
  $('spark').setAttribute('aria-label', `Refusals in each quarter of a minute, from ${MINUTES} minutes ago to now: ${many(most, 'at most 1', `at most ${most}`).replace(/^\S+ /, '')}`);
  $('peak').textContent = most ? `${most} in 15 s at most` : '';
  const said = [[count.refused, 'refused'], [count[401], '× 401'], [count[403], '× 403'], [count.replayed, 'replayed'], [count.broken, count.broken === 1 ? 'rule broken' : 'rules broken']];
  refill($('counts'), said.map(([n, words]) => make('li', { class: n ? '' : 'dim' }, make('b', {}, number(n)), ` ${words}`)));
  $('latest').textContent = !count.refused && last ? `the latest refusal was ${spell((now - last) / 1000)} ago` : '';
  $('skew').textContent = skew ? `The API's clock is ${spell(Math.abs(skew))} ${skew > 0 ? 'ahead' : 'behind'}` : '';
}

// Buttons that put a term into the filter and take it out; the one that has the focus keeps it. The
// first few, and those that are chosen; then how many more there are.
const whole = new Set();
function choices(id, items) {
  const focus = document.activeElement.dataset.term, shown = items.filter(({ on }, i) => i < SOME || on || whole.has(id)), more = items.length - shown.length;
  refill($(id), items.length ? shown.map((item) => item.make()) : make('p', { class: 'dim' }, 'none'),
    more > 0 && button(() => { whole.add(id); render(); }, `and ${number(more)} more`, { class: 'more' }));
  if (focus) [...$(id).children].find((node) => node.dataset.term === focus)?.focus();
}
const choice = (term, on, title, ...children) => ({ on, make: () => button(() => toggleTerm(term), children.map((child) => (typeof child === 'function' ? child() : child)), { 'data-term': term, title, 'aria-pressed': String(on) }) });

// Counts of what the rest of the filter leaves, so that another bar can be taken.
function bars(id, name, names, of) {
  const counts = new Map(), test = testOf(state.filter.terms, name), on = asked(state.filter.terms, name);
  for (const event of state.events) if (test(event)) for (const word of of(event)) counts.set(word, (counts.get(word) || 0) + 1);
  const order = [...counts].sort((a, b) => b[1] - a[1]);
  choices(id, order.map(([word, n]) => choice(`${name}:${word}`, on.includes(word), word, () => make('span', {}, names[word] || word), () => make('span', {}, number(n)), () => {
    const bar = make('i');
    bar.style.width = `${(n / order[0][1]) * 100}%`;
    return bar;
  })));
}

function gather() {
  const lives = new Map(), test = testOf(state.filter.terms, 'token');
  for (const event of state.events) {
    if (!event.token || !test(event)) continue;
    const life = lives.get(event.token) || { token: event.token, seen: [], first: event.at }, jwt = event.record.jwt || {};
    lives.set(event.token, life);
    life.last = event.at;
    life.seen.push(event);
    if (jwt.iat) life.issued = jwt.iat * 1000;
    if (jwt.exp) life.expires = jwt.exp * 1000;
  }
  return [...lives.values()].sort((a, b) => b.last - a.last);
}
// A life line for each token: issued to expires, the moments it was seen on it, dashed once over.
function lives() {
  const all = gather(), near = all.slice(0, 40), now = Date.now(), hour = 3600000, on = asked(state.filter.terms, 'token');
  const begin = Math.min(...near.map((life) => Math.max(life.issued ?? life.first, life.first - 2 * hour)));
  const end = Math.max(now, ...near.map((life) => Math.min(life.expires ?? 0, now + hour)));
  const x = (at) => (1 + 98 * Math.min(1, Math.max(0, (at - begin) / (end - begin)))).toFixed(1);
  const line = (kind, from, to, y1 = 8, y2 = 8) => draw('line', { class: kind, x1: from, x2: to, y1, y2 });
  choices('tokens', all.map((life) => {
    const from = life.issued ?? life.first, to = life.expires ?? life.last, own = brief(life.token).slice(3);
    const seen = clock(life.first) === clock(life.last) ? `seen ${clock(life.first)}` : `seen ${clock(life.first)} to ${clock(life.last)}`;
    const words = [life.issued && `issued ${moment(life.issued)}`, life.expires && `${life.expires < now ? 'expired' : 'expires'} ${moment(life.expires)}`,
      life.issued && life.expires && `lives ${spell((life.expires - life.issued) / 1000)}`, seen, `refused ${life.seen.filter((event) => event.refused).length} of ${life.seen.length}`];
    return choice(`tk:${own}`, on.includes(own), life.token, () => dot(life.token), () => make('code', {}, brief(life.token)), () => {
      const marks = new Set(life.seen.map((event) => `${event.refused ? 'refused' : 'seen'} ${x(event.at)}`));
      return draw('svg', { viewBox: '0 0 100 16', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, to > from && line('life', x(from), x(to)), life.last > to && line('late', x(to), x(life.last)),
        [...marks].map((mark) => { const [kind, at] = mark.split(' '); return line(kind, at, at, 3, 13); }));
    }, () => make('small', {}, words.filter(Boolean).join(', ')));
  }));
}

// Before the first event: ready lines, and what to do where the API refuses nothing.
const copied = (title, text) => make('div', { class: 'line' }, make('h3', {}, title), lines(text), button(() => toClipboard(text, 'Copied'), 'Copy', { 'aria-label': `Copy the line for ${title}` }));
export function greet() {
  const { about } = state, base = about.listen?.split(' ')[0] || '';
  $('proxy').textContent = visible(base);
  const place = Intl.DateTimeFormat().resolvedOptions().timeZone || 'local';
  $('zone').textContent = `Times: ${place === zone() ? place : `${place} (${zone()})`}`;
  refill($('lines'),
    copied('curl', `curl -i -H "Authorization: Bearer $TOKEN" ${base}/`),
    copied('fetch', `await fetch('${base}/', { headers: { Authorization: \`Bearer \${token}\` } })`),
    copied('Vite', `// vite.config.js\nexport default { server: { proxy: { '/api': '${base}' } } }`),
    make('h2', {}, 'Nothing to refuse at hand?'),
    about.dev
      ? [make('p', {}, 'This runs with --dev: have requests refused for five minutes as if their token had expired, then send one.'), copied('a simulated refusal', 'whogoes simulate token-expired --for 5m')]
      : make('p', {}, 'Started with ', make('code', {}, '--dev'), ', whogoes can refuse on demand: ', make('code', {}, 'whogoes simulate token-expired'), '.'));
  later();
}
