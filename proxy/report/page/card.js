// Why: one event in full.
import { $, button, iso, lines, make, moment, number, refill, stamp } from './dom.js';
import { rowOf, state, times, unfold } from './events.js';
import { rows } from './list.js';
import { copy, saveEvent } from './take.js';
import { toggleTerm } from './view.js';

const CONFIDENCE = { certain: 'certain', likely: 'likely: something else is improbable', possible: 'possible: it may be something else' };
const VERDICT = { '401-correct': '401 is the right status', '403-correct': '403 is the right status', 'should-be-401': '401 would be the right status', 'should-be-403': '403 would be the right status', unknown: 'whether 401 or 403 is right cannot be told' };
const REFRESH = { replayed: 'a new token was fetched, and the request sent once more', joined: 'took the new token of another request, and was sent once more', failed: 'no new token came' };

// Values that were not logged are named in one line.
function fields(header, known) {
  const all = Object.entries({ ...header, ...known }), bare = all.filter(([, value]) => !value).map(([name]) => name);
  return [...all.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`), ...bare.length ? [`(and ${bare.join(', ')})`] : []];
}
const message = (title, first, rest) => make('div', {}, make('h3', {}, title), lines([first, ...rest].join('\n')));
const term = (name, id) => button(() => toggleTerm(`${name}:${id}`), id, { class: 'id', title: `Filter by ${name}:${id}` });
const named = (name, id) => make('li', {}, state.names[`${name}s`][id] || '', ' ', term(name, id));

function head(row) {
  const { auth, status, method, path, why, message: all } = row.first, words = [auth.confidence && CONFIDENCE[auth.confidence], auth.verdict && VERDICT[auth.verdict]].filter(Boolean);
  return [make('p', { class: 'target' }, status || '', ' ', method, ' ', path), make('h2', {}, why || all),
    words.length > 0 && make('p', {}, words.join(' · '), auth.verdict_reason && make('span', { class: 'dim' }, ` (${auth.verdict_reason})`))];
}
function facts(row) {
  const { record, at, client, token, id } = row.first;
  return [make('p', { class: 'dim' }, stamp(at, { whole: true }), [client && `from ${client}`, token, record.duration_ms && `${record.duration_ms} ms`, id].filter(Boolean).map((word) => ` · ${word}`)),
    row.events.length > 1 && make('p', {}, `${times(row)}, the first is shown. `, button(() => { unfold(row); rows(); card(state.rows[rowOf(state.opened)]); }, `Show all ${number(row.events.length)}`))];
}
function reasons({ auth, cause, rules, said }) {
  return [said && make('p', {}, `The API says: “${said}”`),
    auth.evidence?.length > 0 && make('ul', {}, auth.evidence.map((words) => make('li', {}, words))),
    auth.remedy && make('p', {}, make('strong', {}, 'Fix: '), auth.remedy),
    cause && [make('h3', {}, auth.also?.length ? 'Cause, and what else fits' : 'Cause'), make('ul', {}, [cause, ...auth.also || []].map((id) => named('cause', id)))],
    rules.length > 0 && [make('h3', {}, 'Rules broken'), make('ul', {}, rules.map((id) => named('rule', id)))]];
}
function changed({ auth, refresh, status }) {
  const challenge = auth.challenge || {}, would = challenge.would_send || [];
  const [kind, why] = refresh.split(':');
  const lead = refresh !== 'off' && (why ? `refresh: not tried, ${why}` : `refresh: ${REFRESH[kind] || kind}${auth.replaced_token ? `, ${auth.replaced_token}` : ''} → ${status}`);
  const added = [...(challenge.injected || []).map((value) => `WWW-Authenticate: ${value}`), ...auth.changes || [], lead].filter(Boolean);
  return make('div', {}, make('h3', {}, 'What whogoes changed'), added.length ? make('pre', {}, added.map((line) => make('div', { class: 'plus' }, line))) : make('p', {}, 'nothing'),
    would.length > 0 && [make('p', {}, 'With ', make('code', {}, 'challenge'), ' set it would add'), lines(would.map((value) => `WWW-Authenticate: ${value}`).join('\n'))]);
}
function passed(event) {
  const { record, auth, method, path, token, code } = event, http = record.http || {}, query = record.url?.query;
  return method && make('div', { class: 'trio' },
    message('Sent', `${method} ${path}${query ? `?${query}` : ''}`, fields(http.request?.header, auth.source === 'header' && { authorization: `${auth.scheme || ''} ${token}`.trim() })),
    message('Got', record.upstream?.status_code || 'no answer of the API', fields({ ...http.response?.header, ...code !== undefined && { 'grpc-status': String(code) } }, auth.challenge?.received?.length && { 'www-authenticate': auth.challenge.received.join('\nwww-authenticate: ') })),
    changed(event));
}
const claim = (name, value) => (/^(iat|exp|nbf)$/.test(name) ? [moment(value * 1000), make('small', {}, ` ${value}, ${iso(value * 1000).replace('T', ' ').replace('.000Z', ' UTC')}`)] : String(value));
const claims = (jwt) => jwt && [make('h3', {}, 'Token'), make('dl', {}, Object.entries(jwt).filter(([name]) => name !== 'verified').map(([name, value]) => [make('dt', {}, name), make('dd', {}, claim(name, value))]),
  make('dt', {}, 'signature'), make('dd', {}, jwt.verified ? 'verified' : 'not verified'))];

let drawn = '';
export function card(row) {
  const event = row.first;
  state.opened = event;
  drawn = `${event.id} ${row.events.length} ${Object.keys(state.names.causes).length}`;
  refill($('why'), head(row),
    make('div', { class: 'tools' }, event.method && button(() => copy('curl'), 'Copy as curl'), button(() => copy('markdown'), 'Copy as Markdown'),
      event.method && button(() => saveEvent(event.id), 'Download as HAR'), button(leave, 'Close')),
    facts(row), reasons(event), passed(event), claims(event.record.jwt));
  $('why').hidden = false;
  $('board').classList.add('open');
}
// When the row has grown, or the names have come.
export function refreshCard() {
  const row = state.opened && state.rows[rowOf(state.opened)];
  if (row && row.first === state.opened && drawn !== `${row.first.id} ${row.events.length} ${Object.keys(state.names.causes).length}`) card(row);
}
// Back to where the event was chosen.
export function leave() {
  shut();
  $('list').focus();
}
export function shut() {
  state.opened = null;
  $('why').hidden = true;
  $('board').classList.remove('open');
  rows();
}
