// How the review page looks: where things stand, what folds, what it says of each kind of event.
const fs = require('node:fs');
const path = require('node:path');
const { until } = require('./rig.cjs');
const { RECORDS, lines } = require('./records.cjs');
const { addresses, axe, choose, holds, live, open, overflow, row, same, shown, startProxy, startQuiet, stop } = require('./stage.cjs');

const box = (page, selector) => page.locator(selector).first().boundingBox();
const count = (page, words) => page.waitForFunction((wanted) => document.querySelector('#shown').textContent === wanted, words);

// A proxy of its own whose log has these lines, and pages on it.
async function staged(setting, name, records, look) {
  const log = path.join(setting.folder, `${name}.jsonl`), at = await addresses();
  fs.writeFileSync(log, records.map((line) => `${line}\n`).join(''));
  const proxy = await startQuiet(setting.whogoes, setting.folder, setting.upstream, at, log);
  const pages = [];
  const see = async (options) => {
    const one = await open(setting.browser, proxy, options);
    pages.push(one);
    await live(one.page);
    return one.page;
  };
  try {
    await look({ proxy, see });
    same(pages.flatMap((one) => one.wrong), [], 'complaints');
  } finally {
    for (const one of pages) await one.context.close();
    await stop(proxy);
  }
}

module.exports = {
  'every kind of event is told in words': (setting) => staged(setting, 'kinds', lines(), async ({ see }) => {
    const page = await see();
    await count(page, `${RECORDS.length} of ${RECORDS.length}`);   // that it has started is none
    same(await page.locator('.row').count(), RECORDS.length, 'rows');
    for (const [at, [record, wanted]] of RECORDS.entries()) {
      await page.locator(`#row-${at}`).click();
      const text = `${await page.locator(`#row-${at}`).innerText()}\n${await page.locator('#why').innerText()}`;
      holds(!/\b(undefined|false|null|NaN)\b|\[object|Invalid Date/.test(text), `${record.event}: ${text}`);
      for (const words of wanted) holds(text.includes(words), `${record.event}: no ${words} in ${text}`);
      for (const name of ['#causes', '#rules', '#tokens', '#totals']) holds(!/undefined|NaN/.test(await page.locator(name).innerText()), name);
    }
    same(await axe(page), [], 'axe');
  }),
  'why stands beside the list where there is room, and below it where there is not': (setting) => staged(setting, 'room', lines(), async ({ see }) => {
    for (const [width, height, beside] of [[1920, 1080, true], [1440, 900, true], [1200, 800, false]]) {
      const page = await see({ viewport: { width, height } });
      await choose(page, '/kind/jwt');
      const list = await box(page, '#list'), why = await box(page, '#why'), chosen = await box(page, '.row[aria-selected=true]');
      same(why.x >= list.x + list.width, beside, `${width}: beside`);
      if (!beside) holds(why.y >= list.y + list.height, `${width}: neither beside nor below`);
      holds(why.y + why.height <= height && why.x + why.width <= width, `${width}: why goes beyond the edge`);
      holds(chosen.y >= list.y && chosen.y + chosen.height <= list.y + list.height + 1, `${width}: what was chosen is out of sight`);
      same(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0, `${width}: the page scrolls`);
      await page.getByRole('button', { name: 'Close' }).click();
      const wide = await box(page, '#list');
      holds(!beside || wide.width > list.width, `${width}: the list does not take the room back`);
    }
  }),
  'on a phone the first event is in sight, and a tap leads to why': (setting) => staged(setting, 'phone', lines(), async ({ see }) => {
    for (const viewport of [{ width: 390, height: 844 }, { width: 360, height: 640 }]) {
      const page = await see({ viewport, hasTouch: true });
      await page.locator('#follow').tap();
      await page.locator('#list').evaluate((list) => { list.scrollTop = 0; });
      const first = await page.locator('#row-0').boundingBox();
      holds(first.y > 0 && first.y + first.height <= viewport.height, `the first event is at ${first.y}`);
      same(await page.evaluate(() => scrollY), 0, 'scrolled');
      await page.locator('#row-0').tap();
      const why = await box(page, '#why');
      holds(why.y >= 0 && why.y < viewport.height / 2, `why is at ${why.y}`);
      await page.getByRole('button', { name: 'Close' }).tap();
      holds((await box(page, '#list')).y < viewport.height, 'the list is out of sight');
      holds(await overflow(page) <= 0, 'beyond the edge');
    }
  }),
  'equal answers that broke rules fold, too': (setting) => staged(setting, 'broken', [], async ({ proxy, see }) => {
    const page = await see();
    const script = { Origin: 'https://app.test', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'cross-site' };
    for (let i = 0; i < 5; i += 1) await proxy.send('/open', script);
    await count(page, '5 of 5');
    same(await page.locator('.row').count(), 1, 'rows');
    holds(/×5 in \d+ s/.test(await row(page, '/open').innerText()), await row(page, '/open').innerText());
  }),
  'equal refusals fold, and unfold': (setting) => staged(setting, 'fold', [], async ({ proxy, see }) => {
    const page = await see();
    for (let i = 0; i < 12; i += 1) await proxy.send('/fold/a');
    await proxy.send('/fold/b');
    await count(page, '13 of 13');
    same(await page.locator('.row').count(), 2, 'rows');
    holds(/×12 in \d+ s/.test(await row(page, '/fold/a').innerText()), await row(page, '/fold/a').innerText());
    holds(!(await row(page, '/fold/b').innerText()).includes('×'), 'one is not folded');
    await choose(page, '/fold/a');
    await page.getByRole('button', { name: 'Show all 12' }).click();
    same(await page.locator('.row').count(), 13, 'unfolded');
    holds(!(await page.locator('#why').innerText()).includes('Show all'), 'still folded');
    await proxy.send('/fold/c');
    await page.locator('#filter').fill('-path:/fold/a');
    await count(page, '2 of 14');
    holds(!await page.locator('#why').isVisible(), 'a chosen event that the filter hides stays open');
    same(await page.locator('.row[aria-selected=true]').count(), 0, 'chosen');
  }),
  'many tokens are bounded, and all there on demand': (setting) => staged(setting, 'tokens', [], async ({ proxy, see }) => {
    const page = await see();
    for (let i = 0; i < 22; i += 1) await proxy.send('/tokens', { Authorization: `Bearer opaque-token-number-${i}` });
    await count(page, '22 of 22');
    same(await page.locator('#tokens button').count(), 11, 'buttons');
    await page.locator('#tokens .more', { hasText: 'and 12 more' }).click();
    same(await page.locator('#tokens button').count(), 22, 'all');
    await page.locator('#tokens button').nth(21).click();
    same(await shown(page), '1 of 22', 'by a token');
  }),
  "the API's own words stand in the list and in why": (setting) => staged(setting, 'said', [], async ({ proxy, see }) => {
    const page = await see();
    await proxy.send('/said');
    await row(page, '/said').waitFor();
    holds((await row(page, '/said').innerText()).includes('“seat <b>taken</b> by another”'), await row(page, '/said').innerText());
    await choose(page, '/said');
    holds((await page.locator('#why').innerText()).includes('The API says: “seat <b>taken</b> by another”'), await page.locator('#why').innerText());
    same(await page.locator('#board b').count(), 0, 'markup');
  }),
  'times are of the reader, labelled, and in UTC on hover': (setting) => staged(setting, 'times', lines(), async ({ see }) => {
    for (const [timezoneId, label, hours] of [['Asia/Kolkata', 'Times: Asia/Calcutta (UTC+05:30)', 5.5], ['UTC', 'Times: UTC', 0]]) {
      const page = await see({ timezoneId });
      const time = page.locator('#row-0 time');
      await time.waitFor();
      const said = JSON.parse(await page.evaluate(() => JSON.stringify([...document.querySelectorAll('#row-0 time')].map((one) => [one.dateTime, one.textContent, one.title])[0])));
      same(await page.locator('#zone').textContent(), label, 'label');
      same(said[1], new Date(Date.parse(said[0]) + hours * 3600000).toISOString().slice(11, 19), 'local');
      holds(said[2].endsWith('UTC') && said[2].includes(said[0].slice(11, 19)), said[2]);
      await time.click();
      holds((await page.locator('#why').innerText()).includes(said[1]), 'not in why');
    }
  }),
  'under --dev the page says how to have a request refused': async (setting) => {
    const proxy = await startProxy(setting.whogoes, setting.folder, setting.upstream, undefined, ['--dev']);
    const { context, page } = await open(setting.browser, proxy);
    try {
      await page.locator('#lines').getByText('whogoes simulate token-expired --for 5m').waitFor();
      await page.getByRole('button', { name: 'Copy the line for a simulated refusal' }).click();
      await until(async () => await page.evaluate(() => navigator.clipboard.readText()) === 'whogoes simulate token-expired --for 5m', 'the copy');
    } finally {
      await context.close();
      await stop(proxy);
    }
  },
  'an open page outlives a restart: the key stays': async (setting) => {
    const at = await addresses();
    let proxy = await startProxy(setting.whogoes, setting.folder, setting.upstream, at);
    const { key } = proxy, { context, page } = await open(setting.browser, proxy);
    try {
      await live(page);
      await stop(proxy);
      await page.waitForFunction(() => document.querySelector('#state').textContent.includes('not connected'));
      proxy = await startProxy(setting.whogoes, setting.folder, setting.upstream, at);
      same(proxy.key, key, 'key');
      await live(page);
      await proxy.send('/again');
      await row(page, '/again').waitFor();
    } finally {
      await context.close();
      await stop(proxy);
    }
  },
};
