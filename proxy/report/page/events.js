// The events that are kept, those that the filter leaves, and how they fold into rows.
export const MOST = 5000, WINDOW = 10000;

export const state = {
  about: {},                       // who this whogoes is
  names: { causes: {}, rules: {} },  // summaries by id
  events: [], shown: [], rows: [],
  filter: { terms: [], unknown: [] }, fits: () => true,
  chosen: null, opened: null, follow: true,
};
const unfolded = new WeakSet();
let latest = new Map();            // by what is equal: the row that the next such event may join

export function eventOf(line) {
  const record = JSON.parse(line), auth = record.auth || {}, http = record.http || {}, message = record.msg || '';
  const dash = message.indexOf(' - ');
  return { line, record, auth, at: Date.parse(record.time), id: record.id || '', cause: auth.cause || '', token: auth.token || '',
    rules: auth.rules || [], status: http.response?.status_code || 0, method: http.request?.method || '', path: record.url?.path || '',
    client: record.client?.address || '', refused: record.event === 'auth.failure', why: dash < 0 ? '' : message.slice(dash + 3),
    code: record.rpc?.grpc?.status_code, message, said: record.upstream?.message || '', refresh: auth.refresh || 'off' };
}
export const renewed = (event) => /^(replayed|joined)/.test(event.refresh);
// That it started, drains and stopped is no event to look at; a warning is.
export const worthy = ({ record }) => record.event !== 'lifecycle' || /warn|error/.test(record.level);

// As the console folds: equal refusals within ten seconds are one row, and so are equal answers that broke rules.
function place(event) {
  const foldable = event.refused || event.rules.length > 0;
  const equal = foldable && [event.refused, event.status, event.method, event.path, event.cause, event.token, event.refresh, event.refused || event.rules].join(' ');
  const row = equal && latest.get(equal);
  if (row && event.at - row.first.at < WINDOW && !unfolded.has(row.first)) return row.events.push(event);
  const fresh = { first: event, events: [event] };
  // What was unfolded stays so: its equals stand by themselves until the ten seconds are over.
  if (!(row && unfolded.has(row.first) && event.at - row.first.at < WINDOW)) latest.set(equal, fresh);
  return state.rows.push(fresh);
}
export function refold() {
  state.rows = [];
  latest = new Map();
  state.shown.forEach(place);
}
export function refilter() {
  state.shown = state.events.filter(state.fits);
  refold();
}
export function add(event) {
  if (!worthy(event)) return;
  state.events.push(event);
  if (!state.fits(event)) return;
  state.shown.push(event);
  place(event);
}
export function trim() {
  if (state.events.length <= MOST) return;
  state.events = state.events.slice(-MOST);
  refilter();
}
export function unfold(row) {
  unfolded.add(row.first);
  refold();
}
export const rowOf = (event) => state.rows.findIndex((row) => row.first === event || row.events.includes(event));
// "×12 in 10 s"
export const times = ({ events, first }) => (events.length > 1 ? `×${events.length} in ${Math.max(1, Math.ceil((events.at(-1).at - first.at) / 1000))} s` : '');
