// The key, and the stream of events: by fetch, because an EventSource cannot send Authorization.
import { $, make, refill, visible } from './dom.js';
import { MOST, add, eventOf, state, trim } from './events.js';
import { say } from './take.js';
import { greet, later, setFilter } from './view.js';

const store = sessionStorage;
export const address = new URLSearchParams(location.hash.slice(1));
let key = address.get('k') || store.k || '', position = '', stopped = null;
store.k = key;

export const ask = (path, headers) => fetch(path, { headers: { ...(key && { Authorization: `Bearer ${key}` }), ...headers }, signal: stopped?.signal });
const tell = (words, kind) => refill($('state'), make('span', { class: kind }, words));

function about(data) {
  const before = state.about;
  state.about = JSON.parse(data);
  if (before.run && before.run !== state.about.run) Object.assign(state, { events: [], shown: [], rows: [], opened: null, chosen: null });
  if (state.about.state === 'ready') tell('● live', 'good'); else tell('◐ draining', 'warn');
  $('where').textContent = visible(`${state.about.listen} → ${state.about.upstream} · ${state.about.mode}`);
  greet();
}
function take(block) {
  let name = 'message', data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) data = line.slice(6);
    else if (line.startsWith('event: ')) name = line.slice(7);
    else if (line.startsWith('id: ')) position = line.slice(4);
  }
  if (!data) return;
  if (name === 'about') about(data);
  else if (name === 'gap') say(`${JSON.parse(data).lost} events were lost`);
  else add(eventOf(data));
}
async function read(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = '';;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    blocks.forEach(take);
    trim();
    later();
  }
}
async function learnNames() {
  const response = await ask('/api/v1/causes');
  if (response.ok) state.names = await response.json();
  setFilter($('filter').value);
}
export async function connect() {
  stopped?.abort();
  const mine = stopped = new AbortController();
  for (let pause = 500; !mine.signal.aborted; pause = Math.min(pause * 2, 8000)) {
    try {
      const response = await ask(`/api/v1/stream?limit=${MOST}`, position ? { 'Last-Event-ID': position } : {});
      if (response.status === 401) return gate((await response.json()).message);
      if (response.ok) {
        pause = 500;
        $('gate').hidden = true;
        learnNames();
        await read(response);
      }
    } catch { /* gone: it is tried again */ }
    if (mine.signal.aborted) return undefined;
    tell('○ not connected', 'bad');
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
  return undefined;
}
function gate(why) {
  tell('○ no key', 'bad');
  // The API's words are for programs, too: how to send the key is not the reader's business.
  $('gate-why').textContent = visible(why.replace(/ Send it as .*$/, '').replace(/^./, (c) => c.toUpperCase()));
  $('gate').hidden = false;
  for (const id of ['totals', 'board', 'start', 'skip']) $(id).hidden = true;
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
