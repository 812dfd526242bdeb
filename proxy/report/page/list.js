// The list: only the rows in sight are there.
import { $, brief, dot, make, number, refill, stamp } from './dom.js';
import { renewed, rowOf, state, times } from './events.js';
import { card } from './card.js';

const tone = ({ status, code }) => ({ 401: 'warn', 403: 'odd' })[status] || { 16: 'warn', 7: 'odd' }[status < 300 && code] || (status >= 500 ? 'bad' : status < 400 && 'good');
const height = () => parseFloat(getComputedStyle($('list')).getPropertyValue('--row')) * parseFloat(getComputedStyle(document.documentElement).fontSize);
const cell = (kind, ...words) => make('span', { class: kind }, words);

function exchange(event) {
  const mark = renewed(event) ? '↻ ' : event.refused ? '✗ ' : event.record.event === 'proxy.error' ? '! ' : '';
  const why = event.record.event === 'proxy.error' ? event.message : event.why;
  return [cell(`status ${tone(event) || ''}`, event.status || '---'), cell('method', event.method), cell('path', event.path),
    cell('reason', mark, why, event.said && !why.includes(event.said) && cell('dim', ` “${event.said}”`))];
}
function draw(row, index, each) {
  const event = row.first, { token } = event;
  const node = make('div', { class: 'row', role: 'option', id: `row-${index}`, 'aria-selected': String(row.events.includes(state.chosen)), 'aria-setsize': state.rows.length, 'aria-posinset': index + 1, title: event.message, onclick: () => choose(index, true) },
    stamp(event.at, { class: 'time dim' }), event.method ? exchange(event) : cell('whole dim', event.message),
    cell('count', times(row)), event.method && cell('token', token && dot(token), brief(token)));
  node.style.top = `${index * each}px`;
  return node;
}
export function rows(fresh) {
  const each = height(), box = $('list'), { length } = state.rows;
  $('shown').textContent = `${number(state.shown.length)} of ${number(state.events.length)}`;
  $('none').hidden = length > 0;
  box.hidden = length === 0;
  $('window').style.height = `${length * each}px`;
  if (fresh && state.follow) box.scrollTop = length * each;
  const first = Math.max(0, Math.floor(box.scrollTop / each) - 5), last = Math.min(length, Math.ceil((box.scrollTop + box.clientHeight) / each) + 5);
  refill($('window'), state.rows.slice(first, last).map((row, i) => draw(row, first + i, each)));
  const at = state.chosen ? rowOf(state.chosen) : -1;
  if (at >= first && at < last) box.setAttribute('aria-activedescendant', `row-${at}`);
  else box.removeAttribute('aria-activedescendant');
}
function show(at) {
  const each = height(), box = $('list');
  if (at * each < box.scrollTop) box.scrollTop = at * each;
  if ((at + 1) * each > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * each - box.clientHeight;
  rows();
}
export function choose(index, open) {
  if (!state.rows.length) return;
  const at = Math.min(state.rows.length - 1, Math.max(0, index));
  state.chosen = state.rows[at].first;
  setFollow(false);
  // Opened first: beside the card the list is narrower, and its rows are higher.
  if (open || state.opened) card(state.rows[at]);
  rows();
  show(at);
  if (open && matchMedia('(max-width: 55.99rem)').matches) $('why').scrollIntoView();
}
export const move = (step) => choose(state.chosen ? rowOf(state.chosen) + step : step > 0 ? 0 : state.rows.length - 1);
export function setFollow(on) {
  state.follow = on;
  $('follow').setAttribute('aria-pressed', String(on));
  if (on) rows(true);
}
let top = 0, redraw = 0;
$('list').onscroll = () => {
  if ($('list').scrollTop < top - 2 && state.follow) setFollow(false);
  top = $('list').scrollTop;
  cancelAnimationFrame(redraw);
  redraw = requestAnimationFrame(() => rows());
};
// Where the rows have become higher, what was chosen stays in sight.
let was = 0;
new ResizeObserver(() => {
  const each = height();
  if (each !== was && was && state.chosen && !state.follow) { rows(); show(rowOf(state.chosen)); } else rows(true);
  was = each;
}).observe($('list').parentElement);
