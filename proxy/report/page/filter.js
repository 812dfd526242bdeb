// The filter's words: "cause:a -path:/v1 word". Terms of one name widen, those of different names
// narrow, and a dash keeps out. Nothing here knows the page.
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
const THERE = 'cause: rule: path: method: status: tk: client:';

// A word whose name is no term is looked for as it stands, and named in `unknown`.
export function parse(words) {
  const terms = [], unknown = [];
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const not = word.length > 1 && word[0] === '-', bare = not ? word.slice(1) : word, colon = bare.indexOf(':');
    let name = colon > 0 ? bare.slice(0, colon).toLowerCase() : '';
    if (name === 'tk') name = 'token';
    const known = Object.hasOwn(TERMS, name);
    if (!known && /^[a-z_]+$/.test(name) && !bare.startsWith('//', colon + 1)) unknown.push(name);
    const value = known ? bare.slice(colon + 1) : bare;
    if (value) terms.push({ name: known ? name : 'text', value, not });
  }
  return { terms, unknown };
}

export function testOf(terms, without) {
  const wanted = new Map(), kept = [];
  for (const { name, value, not } of terms) {
    if (name === without && !not) continue;
    const test = TERMS[name](list(value), value);
    if (not) kept.push((event) => !test(event));
    else if (name === 'text') kept.push(test);
    else wanted.set(name, [...(wanted.get(name) || []), test]);
  }
  for (const any of wanted.values()) kept.push((event) => any.some((test) => test(event)));
  return (event) => kept.every((test) => test(event));
}

// The values of a name that are asked for, in lower case.
export const asked = (terms, name) => terms.filter((term) => term.name === name && !term.not).flatMap((term) => list(term.value));

// What the API is asked for the same events.
export function query(terms, more) {
  const pairs = new URLSearchParams(more);
  for (const { name, value, not } of terms) pairs.append(`${not ? '-' : ''}${name}`, name === 'path' ? within(value) : value);
  return pairs;
}

// Those that share the most of its parts, by how these begin.
function near(id, ids) {
  const parts = id.split('-').filter((part) => part.length > 2).map((part) => part.slice(0, 4));
  const alike = (other) => parts.filter((part) => other.includes(part)).length, most = Math.max(...ids.map(alike));
  return most ? ` There is ${ids.filter((other) => alike(other) === most).slice(0, 5).join(', ')}.` : '';
}

// What is wrong with the words, in a sentence each. `known`: the ids of causes and of rules.
export function flaws({ terms, unknown }, known) {
  const found = unknown.map((name) => `There is no term ${name}: (it is looked for as text). Terms: ${THERE}, each with a dash before it to keep out.`);
  for (const kind of ['cause', 'rule']) {
    const ids = Object.keys(known[`${kind}s`] || {});
    for (const { value } of terms.filter((term) => term.name === kind)) {
      for (const id of list(value)) {
        if (!ids.length || ids.includes(id)) continue;
        found.push(`There is no ${kind} ${id}.${near(id, ids)}`);
      }
    }
  }
  return found.join(' ');
}
