import { expect, test } from 'vitest';
import { ChildService, describeExit, sourceCommand } from './child-service.ts';
import { eventually } from './eventually.ts';

const script = (code: string) => ({ name: 'script', args: ['--input-type=module', '--eval', code], env: process.env });
const stays = 'console.log("up 42"); setInterval(() => {}, 1000);';
const port = (line: string) => Number(/^up (\d+)$/.exec(line)?.[1]) || undefined;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('waits for the line that says it is up, and stops it', async () => {
  const { service, found } = await ChildService.start({ ...script(stays), ready: port });
  await using started = service;
  expect(found).toBe(42);
  expect(await started.end('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  expect(service.running).toBe(false);
});

test('one that ends, stays silent, is given up or says that it failed', async () => {
  const ends = ChildService.start({ ...script('console.error("no room"); process.exit(3)'), ready: port });
  await expect(ends).rejects.toThrow(
    /^script did not start: it ended with exit code 3\. Its last lines:\n {2}no room$/,
  );
  const silent = ChildService.start({ ...script('setInterval(() => {}, 1000)'), ready: port, startTimeoutMs: 300 });
  await expect(silent).rejects.toMatchObject({ code: 'SERVICE_START_FAILED' });
  const reason = new Error('given up');
  const signal = AbortSignal.timeout(300);
  const aborted = ChildService.start({ ...script('setInterval(() => {}, 1000)'), ready: port, signal });
  await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' });
  const failing = ChildService.start({
    ...script(stays),
    ready: () => {
      throw reason;
    },
  });
  await expect(failing).rejects.toBe(reason);
});

test('one that ignores SIGTERM is killed after the stop time-out', async () => {
  const deaf = `process.on('SIGTERM', () => {}); ${stays}`;
  const { service } = await ChildService.start({ ...script(deaf), ready: port, stopTimeoutMs: 200 });
  await service[Symbol.asyncDispose]();
  expect(describeExit(await service.exited)).toBe('signal SIGKILL');
});

test.each([
  ['that ends by itself', 'process.on("SIGTERM", () => { console.error("draining"); process.exit(0); });'],
  ['that is deaf to SIGTERM', 'process.on("SIGTERM", () => {});'],
])('a child %s is gone after its parent was killed', async (_, onTerm) => {
  const pids: number[] = [];
  const parent = `
    import { ChildService } from ${JSON.stringify(import.meta.resolve('./child-service.ts'))};
    const code = ${JSON.stringify(`${onTerm} ${stays}`)};
    const { service } = await ChildService.start({
      name: 'child', args: ['--input-type=module', '--eval', code], env: process.env, ownGroup: true, stopTimeoutMs: 500,
      ready: (line) => line.startsWith('up') || undefined,
    });
    console.log('up ' + service.pid);`;
  const { service, found } = await ChildService.start({
    name: 'parent',
    args: [...sourceCommand('--input-type=module'), '--eval', parent],
    env: process.env,
    ready: port,
  });
  pids.push(found);
  expect(isAlive(found)).toBe(true);
  await service.end('SIGKILL');
  await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
});

test('a child whose parent is gone hears of it as of SIGTERM, without a signal', async () => {
  // A signal would not reach a handler that says no to the real one, as Windows does.
  const code = `
    process.kill = () => { throw new Error('there are no signals here'); };
    process.on('SIGTERM', (name) => { console.log('drained after ' + name); process.exit(0); });
    ${stays}
`;
  const lines: string[] = [];
  const { service } = await ChildService.start({ ...script(code), ready: port, onLine: (line) => lines.push(line) });
  service.hangUp();
  expect(await service.exited).toEqual({ code: 0, signal: null });
  expect(lines).toContain('drained after SIGTERM');
});
