// The review page: reads the stream of events, keeps the last 5,000, shows those that the filter
// leaves. This module joins the others to the page and to the keyboard.
import { $ } from './dom.js';
import { rowOf, state } from './events.js';
import { card, leave } from './card.js';
import { choose, move, rows, setFollow } from './list.js';
import { address, connect } from './stream.js';
import { copy } from './take.js';
import { setFilter, totals } from './view.js';

// --- the look

const store = sessionStorage, root = document.documentElement, dark = matchMedia('(prefers-color-scheme: dark)');
const look = () => store.theme || (dark.matches ? 'dark' : 'light');
function dress() {
  if (store.theme) root.dataset.theme = store.theme;
  $('theme').textContent = look() === 'dark' ? 'Light colours' : 'Dark colours';
}
$('theme').onclick = () => { store.theme = look() === 'dark' ? 'light' : 'dark'; dress(); };
dark.onchange = dress;
dress();

// --- buttons

$('follow').onclick = () => setFollow(!state.follow);
$('help').onclick = () => $('keys').showModal();
$('clear').onclick = () => setFilter('');
$('filter').oninput = () => setFilter($('filter').value);
$('skip').onclick = (click) => { click.preventDefault(); $('list').focus(); };

// --- keys

function open() {
  card(state.rows[rowOf(state.chosen)]);
  rows();
  $('why').focus();
}
$('letters').checked = !store.silent;
$('letters').onchange = () => { store.silent = $('letters').checked ? '' : 1; };
const KEYS = { j: () => move(1), k: () => move(-1), f: () => setFollow(!state.follow), c: () => copy('curl'), m: () => copy('markdown'), '/': () => $('filter').focus(), '?': () => $('keys').showModal() };
document.onkeydown = (press) => {
  if (press.ctrlKey || press.metaKey || press.altKey || document.querySelector('dialog[open]')) return;
  const typing = press.target.matches('input, textarea');
  if (press.key === 'Escape') {
    if (typing) press.target.blur();
    else if (state.opened) leave();
  }
  if (typing) return;
  const inList = press.target === $('list');
  let act = $('letters').checked ? KEYS[press.key] : undefined;
  if (inList) act = { ArrowDown: KEYS.j, ArrowUp: KEYS.k, Home: () => choose(0), End: () => choose(state.rows.length - 1) }[press.key] || act;
  if (press.key === 'Enter' && state.chosen && (inList || press.target === document.body)) act = open;
  if (!act || ($('board').hidden && !'?/'.includes(press.key))) return;
  press.preventDefault();
  act();
};
addEventListener('hashchange', () => location.reload());
setInterval(() => { if (state.events.length) totals(); }, 5000);
setFilter(address.get('q') || '');
connect();
