// What is taken away: the proxy renders it, as `whogoes log export` does.
import { $, make, visible } from './dom.js';
import { state } from './events.js';
import { query } from './filter.js';
import { ask } from './stream.js';

let silence = 0;
export function say(words) {
  $('said').textContent = visible(words);
  clearTimeout(silence);
  silence = setTimeout(() => { $('said').textContent = ''; }, 4000);
}
export async function toClipboard(text, words) {
  try {
    await navigator.clipboard.writeText(text);
    say(words);
  } catch {
    $('copy').value = text;
    $('text').showModal();
    $('copy').select();
  }
}
export async function copy(format) {
  const event = state.opened || state.chosen;
  if (!event) return say('Choose an event first');
  const response = await ask(`/api/v1/events?${new URLSearchParams({ id: event.id, format })}`);
  const text = response.ok ? await response.text() : '';
  return text ? toClipboard(text.trimEnd(), `Copied as ${format}`) : say('This event is no longer kept');
}
async function save(path, name, pairs) {
  const response = await ask(`/api/v1/${path}?${pairs}`);
  if (!response.ok) return say((await response.json()).message);
  const link = make('a', { href: URL.createObjectURL(await response.blob()), download: name });
  link.click();
  return setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
export const saveEvent = (id) => save('export.har', `whogoes-${id}.har`, new URLSearchParams({ id }));
$('har').onclick = () => save('export.har', 'whogoes.har', query(state.filter.terms));
$('markdown').onclick = () => save('events', 'whogoes.md', query(state.filter.terms, { format: 'markdown' }));
