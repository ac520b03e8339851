import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Starts a browser of this machine. */
export function launch(executablePath: string): Promise<Browser> {
  // Chromium's sandbox refuses root, which containers and CI are.
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--disable-gpu'];
  return chromium.launch({ executablePath, args });
}

/** A tab with what its page complained of. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** A tab that is signed in, at the overview. */
export async function signIn(context: BrowserContext, address: string, key: string): Promise<Tab> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // Answers of 4xx, which are shown on the page, are errors to the browser.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(address);
  await page.getByLabel('API key').fill(key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  return { page, complaints };
}

/** Rules of WCAG 2.2 A and AA that a page breaks seriously, with where. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // Not as a script of the page, whose policy would refuse it.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    'axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})',
  )) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
}

/** Whether nothing is cut off or scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [inner, scroll] = (await page.evaluate('[innerWidth, document.documentElement.scrollWidth]')) as [
    number,
    number,
  ];
  expect(scroll).toBeLessThanOrEqual(inner);
}
