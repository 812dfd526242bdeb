// Nodes, texts and times. Whatever came from the network enters the page here: as text, never as
// markup.
const SVG = 'http://www.w3.org/2000/svg';
export const $ = (id) => document.getElementById(id);

// What would be invisible, or reorder what stands beside it, is spelled out.
export const visible = (text) => String(text).replace(/[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
  (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

// Children may be nodes, texts and numbers; what is false, null or undefined is left out.
export function fill(node, attributes, ...children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') node[name] = value;
    else if (value !== undefined && value !== false) node.setAttribute(name, visible(value));
  }
  node.append(...children.flat(9).filter((child) => child || child === 0).map((child) => (child.nodeType ? child : visible(child))));
  return node;
}
export const make = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, ...children);
export const draw = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, ...children);
export const button = (act, words, more) => make('button', { type: 'button', onclick: act, ...more }, words);
export function refill(node, ...children) {
  node.replaceChildren();
  return fill(node, {}, ...children);
}
export const lines = (text) => {
  const pre = make('pre');
  pre.textContent = text.split('\n').map(visible).join('\n');
  return pre;
};

// A date that is none is no error here: claims hold what their issuer put there.
const valid = (at) => !Number.isNaN(+new Date(at));
export const iso = (at) => (valid(at) ? new Date(at).toISOString() : '?');
const two = (n) => String(n).padStart(2, '0');
export const clock = (at) => (valid(at) ? new Date(at).toTimeString().slice(0, 8) : '?');
const day = (at) => { const date = new Date(at); return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`; };
// The day only where it is another than today.
export const moment = (at) => (!valid(at) ? '?' : day(at) === day(Date.now()) ? clock(at) : `${day(at)} ${clock(at)}`);
// In the reader's zone; UTC, as the log has it, on hover.
export const stamp = (at, more) => make('time', { datetime: iso(at), title: `${iso(at).replace('T', ' ').replace('Z', '')} UTC`, ...more }, more?.whole ? moment(at) : clock(at));
export function zone() {
  const minutes = -new Date().getTimezoneOffset(), apart = Math.abs(minutes);
  return minutes ? `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(apart / 60))}:${two(apart % 60)}` : 'UTC';
}
export const spell = (s) => (s < 120 ? `${Math.round(s)} s` : s < 7200 ? `${Math.round(s / 60)} min` : s < 172800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} d`);
export const number = (n) => n.toLocaleString('en-GB');
export const many = (n, one, more = `${one}s`) => `${number(n)} ${n === 1 ? one : more}`;

export const brief = (token) => token.slice(0, 11);
export function dot(token) {
  const node = make('span', { class: 'dot', 'aria-hidden': 'true' });
  node.style.background = `hsl(${(parseInt(token.slice(3, 9), 16) || 0) % 360} 65% 50%)`;
  return node;
}
