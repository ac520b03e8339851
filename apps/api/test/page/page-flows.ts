import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestNeo4j } from '@hartonomous/local-neo4j/shared-test-neo4j';
import { asRoleLogin, eventually } from '@hartonomous/test-support';
import { WorkerProgram } from '@hartonomous/test-support/worker-program';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { embedAtoms } from '../embed-atoms.ts';
import type { ApiFixture } from '../fixture.ts';
import { expectNoSidewaysScroll, launch, seriousFindings, signIn, type Tab } from './browser.ts';
import { chromium, noChromium } from './chromium.ts';
import { type SeededLineage, seedLineage } from './seed-lineage.ts';

/** Tenants that the flows need rows of: the one that the page is used by, and another one. */
export const pageTenants = [7421, 7422] as const;

const [tenant, other] = pageTenants;
const middle = 7_421_000_000;
const theirs = 7_422_000_001;
const child = (number: number) => middle + number;
/** As `pnpm test:page` runs them. In the short form axe looks at each view once: the narrow ones in the dark, the wide ones in the light. */
const isLong = process.env.PAGE_FORM === 'long';
/** Of each of the 300 children. */
const grandchildren = isLong ? 32 : 3;

/** Servers that a test file has started. */
export interface PageServers {
  readonly api: ApiFixture;
  readonly neo4j: TestNeo4j;
}

/**
 * Declares tests that use the page in Chromium, as people do. They come after all others of the file, because they fill the graph, start
 * workers and leave dead letters. Where there is no Chromium they are skipped, and that is said.
 */
export function describePage(servers: () => PageServers): void {
  if (chromium === undefined) console.warn(noChromium);
  describe.skipIf(chromium === undefined)('the page in a browser', () => declareFlows(servers));
}

function declareFlows(servers: () => PageServers): void {
  let api: ApiFixture;
  let browser: Browser;
  let context: BrowserContext;
  let address: string;
  let lineage: SeededLineage;
  const keys: Record<string, string> = {};
  const tabs = new Map<string, Tab>();

  beforeAll(async () => {
    ({ api } = servers());
    const { neo4j } = servers();
    const launched = launch(chromium ?? '');
    address = await api.address();
    for (const [name, role, of] of [
      ...[['viewer', 'viewer', tenant] as const, ['sender', 'sender', tenant] as const],
      ...[['operator', 'operator', tenant] as const, ['root', 'operator', 0] as const],
    ])
      keys[name] = await api.key(role, of);
    await api.driver.executeQuery(
      "CREATE (:Atom {id: $id, tenantId: $tenantId, atomType: 'sentence', canonicalText: 'theirs'})",
      { id: BigInt(theirs), tenantId: BigInt(other) },
    );
    lineage = await seedLineage(api.driver, { tenant, middle, grandchildren });
    await embedAtoms(neo4j, [
      { id: child(1), text: 'Leases are renewed before they end.' },
      { id: child(2), text: 'Cats sleep most of the day.' },
    ]);
    browser = await launched;
    context = await browser.newContext({ baseURL: address, viewport: { width: 1280, height: 900 } });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(() => {
    for (const { complaints } of tabs.values()) expect(complaints).toEqual([]);
  });

  /** The tab that somebody is signed in, at the overview. */
  const open = async (key: string): Promise<Page> => {
    const known = tabs.get(key);
    const tab = known ?? (await signIn(context, address, keys[key] ?? ''));
    tabs.set(key, tab);
    // A tab in the background is not painted, which some steps wait for.
    await tab.page.bringToFront();
    if (known !== undefined) await go(tab.page, '/', 'Overview');
    return tab.page;
  };
  /** A tab in a browser's profile of its own, for what would stay with the others: a clock, a size. */
  const openAlone = async (key: string): Promise<AsyncDisposable & { readonly page: Page }> => {
    const own = await browser.newContext({ baseURL: address });
    const { page, complaints } = await signIn(own, address, keys[key] ?? '');
    return {
      page,
      async [Symbol.asyncDispose]() {
        await own.close();
        expect(complaints).toEqual([]);
      },
    };
  };
  const go = async (page: Page, hash: string, heading: string) => {
    await page.goto(`${address}/#${hash}`);
    await page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
  };
  const screenshot = async (page: Page, name: string) => {
    if (process.env.UPDATE_SCREENSHOTS === undefined) return;
    const folder = fileURLToPath(new URL('../../../../docs/images/', import.meta.url));
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  };
  const audit = async (action: string) => (await api.audit(action)).map((detail) => JSON.stringify(detail));

  test('lineage: counts first, then one step each way, and 300 children as some and the rest', async () => {
    const page = await open('viewer');
    await go(page, `/atoms/${middle}`, `Atom ${middle}`);
    const counts = page.locator('[data-counts]');
    await counts.getByText(`300 atoms directly, ${lineage.descendants.toLocaleString('en')} in all.`).waitFor();
    expect(await counts.textContent()).toContain('Made from 1 atom directly, 25 in all, and more beyond 25 steps.');
    await page.locator('[data-freshness]', { hasText: /every change that was enqueued|for the graph/ }).waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Draw it' }).click();
    const drawn = page.locator('[data-drawn]');
    await drawn.getByText('14 atoms and 13 edges are drawn, 288 neighbours are not.').waitFor();
    await page.locator('.graph').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Fit to view' }).click();
    await screenshot(page, 'lineage');
    const tree = page.getByRole('region', { name: 'Lineage' }).locator('ul.tree').nth(1);
    await tree.getByRole('button', { name: 'and 250 more' }).click();
    await tree.getByRole('button', { name: 'and 200 more' }).waitFor();
    await tree.getByRole('button', { name: `Atom ${child(1)}: what was made of it` }).click();
    await tree.getByRole('link', { name: `sentence ${child(301)}` }).waitFor();
    // What is drawn is in the address, so that it can be shared.
    expect(page.url()).toContain(`open=${middle}%3Aup%2C${middle}%3Adown`);
    await page.goto(`${address}/#/atoms/${middle}?open=${middle}:down,${child(1)}:down`);
    const more = Math.min(grandchildren, 12);
    await drawn.getByText(`${13 + more} atoms and ${12 + more} edges`).waitFor();
    const parent = child(lineage.descendants + 1);
    await go(page, `/atoms/${child(301)}?path=${parent}`, `Atom ${child(301)}`);
    await drawn.getByText('4 atoms and 3 edges are drawn.').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    expect((await download).suggestedFilename()).toBe(`lineage-${child(301)}.csv`);
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('atoms are found by meaning, by words, by filters and page by page', async () => {
    const page = await open('viewer');
    await go(page, '/atoms', 'Atoms');
    const search = page.locator('form[role=search]').first();
    await search.getByLabel('Words, a question').fill('When are leases renewed?');
    await search.getByLabel('Show').selectOption('meaning');
    await search.getByRole('button', { name: 'Show' }).click();
    const first = page.locator('ol.atoms li').first();
    await first.getByRole('link', { name: `sentence ${child(1)}` }).waitFor();
    await go(page, '/atoms?text=quokka+17&by=words', 'Atoms');
    await page.getByRole('link', { name: `sentence ${child(17)}`, exact: true }).waitFor();
    await go(page, '/atoms?type=sentence', 'Atoms');
    const last = lineage.descendants + 99;
    await page.getByRole('link', { name: `sentence ${child(last)}` }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('link', { name: `sentence ${child(last - 69)}` }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test("a sender sees no atoms, a viewer changes nothing, and another tenant's atom is not there", async () => {
    const sender = await open('sender');
    await sender.goto(`${address}/#/atoms`);
    await sender.getByRole('alert').getByText('NOT_ALLOWED').last().waitFor();
    const viewer = await open('viewer');
    await viewer.locator('[data-queue=sync]').waitFor();
    expect(await viewer.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await go(viewer, '/ingest', 'Ingest');
    await viewer.getByText('The role viewer may not send files in').waitFor();
    expect(await viewer.locator('input[type=file]').count()).toBe(0);
    await viewer.goto(`${address}/#/dead-letters`);
    await viewer.getByRole('alert').getByText('NOT_ALLOWED').waitFor();
    await viewer.goto(`${address}/#/atoms/${theirs}`);
    await viewer.getByRole('alert').getByText('NODE_NOT_FOUND').waitFor();
    const operator = await open('operator');
    await operator.goto(`${address}/#/dead-letters`);
    await operator.getByRole('alert').getByText('INSTALLATION_ONLY').waitFor();
  });

  test('the overview is live, and a dead letter is previewed and replayed with a note', async () => {
    const page = await open('root');
    const sync = page.locator('[data-queue=sync]');
    await sync.waitFor();
    await page.getByText('Live. Seen at').waitFor();
    await api.client.run(
      `INSERT INTO dbo.Neo4jSyncDeadLetterQueue (EntityType, EntityId, TenantId, SyncType, ReasonCode, ReasonText, MessageTypeName,
         ConversationHandle, ReceivedAt, MessageBody)
       VALUES (N'Tenant', ${tenant}, ${tenant}, N'UPDATE', N'GRAPH_DATA_INVALID', N'It failed.', N'Neo4jSyncRequest', NEWID(),
         SYSUTCDATETIME(), CONVERT(VARBINARY(MAX), N'<Neo4jSync/>'));`,
    );
    // Nobody has reloaded anything; and the worst is first.
    await sync.getByRole('link', { name: '1', exact: true }).waitFor();
    expect(await page.locator('[data-queue]').first().getAttribute('data-queue')).toBe('sync');
    await screenshot(page, 'overview');
    expect(await seriousFindings(page)).toEqual([]);
    await sync.getByRole('link', { name: '1', exact: true }).click();
    await page.getByRole('button', { name: 'GRAPH_DATA_INVALID' }).click();
    await page.getByLabel(`Tenant ${tenant}`).check();
    await page.getByRole('button', { name: 'Preview a replay' }).click();
    await page.getByText('the graph gets its present state').waitFor();
    const before = await api.client.queueDepth('dbo.Neo4jSyncQueue');
    expect(await seriousFindings(page)).toEqual([]);
    await screenshot(page, 'dead-letters');
    await page.getByLabel('Reason, for the audit log').fill('replayed in a browser');
    await page.getByRole('button', { name: 'Replay 1 letter' }).click();
    await page.getByText('None is pending.').waitFor();
    expect(await api.client.queueDepth('dbo.Neo4jSyncQueue')).toBe(before + 1);
    expect((await audit('dead-letter.replay')).at(-1)).toContain('replayed in a browser');
  });

  test('a queue is paused with a reason, which all see, and goes on', async () => {
    const page = await open('root');
    const form = page.getByRole('form', { name: 'Pause or resume a queue' });
    await form.getByLabel('Queue').selectOption('sync');
    await form.getByLabel('Why').fill('the graph is moved');
    await form.getByRole('button', { name: 'Pause' }).click();
    await page.locator('#status', { hasText: 'Paused' }).waitFor();
    const paused = page.locator('[data-queue=sync]').getByText(/is paused by api-key:\d+ since .*: the graph is moved/);
    await paused.waitFor();
    if (isLong) expect(await seriousFindings(page)).toEqual([]);
    const viewer = await open('viewer');
    await viewer.locator('[data-queue=sync]').getByText('the graph is moved').waitFor();
    await form.getByRole('button', { name: 'Resume' }).click();
    await page.locator('#status', { hasText: '1 pause taken back.' }).waitFor();
    await paused.waitFor({ state: 'detached' });
    for (const action of ['queue.pause', 'queue.resume']) {
      expect((await audit(action)).at(-1)).toContain('the graph is moved');
    }
  });

  test('schedules are made, run, disabled and removed; the tables are compared with the graph, and nothing is deleted unasked', async () => {
    const page = await open('root');
    await page.getByText('Add a schedule').click();
    const added = page.getByRole('form', { name: 'Add a schedule' });
    await added.getByLabel('Name').fill('weekly');
    await added.getByLabel('When').fill('30 2 * * 0');
    await added.getByLabel('Time zone').fill('UTC');
    await added.getByRole('button', { name: 'Add' }).click();
    const weekly = page.getByRole('row', { name: 'weekly (30 2 * * 0, UTC)' });
    await weekly.getByRole('cell', { name: 'enabled' }).waitFor();
    await weekly.getByRole('button', { name: 'Run now: weekly' }).click();
    await weekly.getByRole('cell', { name: 'due', exact: true }).waitFor();
    await weekly.getByRole('button', { name: 'Disable: weekly' }).click();
    await weekly.getByRole('cell', { name: 'disabled' }).waitFor();
    await weekly.getByRole('button', { name: 'History: weekly' }).click();
    await page.getByText('weekly has not run yet.').waitFor();
    await weekly.getByRole('button', { name: 'Remove: weekly' }).click();
    await weekly.getByRole('button', { name: 'Remove for good: weekly' }).click();
    await weekly.waitFor({ state: 'detached' });
    for (const action of ['add', 'disable', 'remove']) expect(await audit(`schedule.${action}`)).not.toEqual([]);
    const form = page.getByRole('form', { name: 'Compare with the graph' });
    await form.getByLabel('Sync anew what differs').check();
    await form.getByRole('button', { name: 'Compare' }).click();
    // The atoms of these tests have no rows. In the long form there are 10,000 of them.
    await page.getByText('Nothing was enqueued').waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Sync again anyway' }).waitFor();
    await page
      .getByRole('region', { name: 'What was compared' })
      .getByRole('cell', { name: 'Atom', exact: true })
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('numbers turn grey when nothing comes any more', async () => {
    await using alone = await openAlone('viewer');
    const { page } = alone;
    const { body } = await api.ask('/v1/queues', keys.viewer);
    let streams = 0;
    await page.route('**/v1/queues/events', async (route) => {
      streams += 1;
      if (streams > 1) await route.abort();
      else
        await route.fulfill({
          contentType: 'text/event-stream',
          body: `event: queues\ndata: ${JSON.stringify(body)}\n\n`,
        });
    });
    await page.clock.install();
    await page.reload();
    await page.getByText('Live. Seen at').waitFor();
    await page.clock.runFor(9_000);
    expect(await page.locator('ul.cards.old').count()).toBe(0);
    await page.clock.runFor(5_000);
    await page.getByText('Old: nothing was seen for').waitFor();
    expect(await page.locator('ul.cards.old').count()).toBe(1);
    expect(streams).toBeGreaterThan(1);
  });

  test('all of it goes by keyboard', async () => {
    await using page = await context.newPage();
    await page.goto(address);
    await page.keyboard.type(keys.viewer ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const press = async (key: string, until: string) => {
      for (let times = 0; times < 60; times += 1) {
        await page.keyboard.press(key);
        const name = await page.evaluate(
          '(document.activeElement?.ariaLabel || document.activeElement?.textContent || "").trim()',
        );
        if (String(name).startsWith(until)) return;
      }
      expect.fail(`${until} can't be reached by ${key}`);
    };
    await press('Tab', 'Atoms');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Atoms', exact: true }).waitFor();
    await page.locator('ol.atoms li').first().waitFor();
    const last = child(lineage.descendants + 99);
    await press('Tab', `sentence ${last}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Atom ${last}` }).waitFor();
    await page.locator('ul.tree button').first().waitFor();
    await press('Tab', `Atom ${last - 1}: what was made of it`);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: `sentence ${last - 2}` }).waitFor();
    await press('Shift+Tab', 'Draw it');
    await page.keyboard.press('Enter');
    await page.locator('[data-drawn]').waitFor();
  });

  test('all views fit 360 pixels, and nothing is serious to axe in light and dark', async () => {
    await using alone = await openAlone('operator');
    const { page } = alone;
    await page.setViewportSize({ width: 360, height: 740 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [hash, heading] of [
        ['/', 'Overview'],
        ['/atoms?type=sentence', 'Atoms'],
        [`/atoms/${child(1)}?open=`, `Atom ${child(1)}`],
        ['/ingest', 'Ingest'],
      ] as const) {
        await go(page, hash, heading);
        await expectNoSidewaysScroll(page);
        if (isLong || colorScheme === 'dark')
          expect(await seriousFindings(page), `${hash} in ${colorScheme}`).toEqual([]);
      }
    }
    await screenshot(page, 'ingest-dark-360');
  });

  test('a folder is ingested: its files become atoms, which the graph shows', async () => {
    const { ConnectionStrings__HartonomousDb: connection = '', ...env } = api.env;
    const workerEnv = {
      ...env,
      DOTNET_ENVIRONMENT: 'Development',
      ConnectionStrings__HartonomousDb: asRoleLogin(connection, 'worker'),
    };
    new WorkerProgram('ces-consumer', workerEnv);
    new WorkerProgram('neo4j-sync-worker', workerEnv);
    const folder = await mkdtemp(join(tmpdir(), 'hartonomous-page-'));
    try {
      await mkdir(join(folder, 'inner'));
      await writeFile(join(folder, 'one.md'), '# One\n\nA wombat digs.\n');
      await writeFile(join(folder, 'inner/two.txt'), 'A numbat eats termites.');
      const page = await open('operator');
      await go(page, '/ingest', 'Ingest');
      await page.getByLabel('Folder').setInputFiles(folder);
      await page.getByText('2 of 2 files sent.').waitFor();
      const card = page.locator('[data-file="one.md"]');
      await card.getByText('completed', { exact: true }).waitFor();
      await page.locator('[data-file="two.txt"]').getByText('completed', { exact: true }).waitFor();
      const id = await card.getByRole('link').textContent();
      await eventually(
        async () => {
          await page.goto(`${address}/#/atoms?text=wombat&by=words`);
          await page.reload();
          await page.getByText('A wombat digs.').first().waitFor({ timeout: 3_000 });
        },
        { timeoutMs: 60_000 },
      );
      await page.goto(`${address}/#/atoms/${id}`);
      await page.getByRole('heading', { name: `Atom ${id}` }).waitFor();
      await page.getByRole('heading', { name: 'History' }).waitFor();
      await page.getByRole('cell', { name: 'SYNCED' }).first().waitFor();
      await page.getByRole('region', { name: 'Ingestion' }).getByText('one.md: completed').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
