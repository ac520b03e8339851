import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';
import type { Session } from './session.ts';

/** A dialog with one message in QS. Gives both handles. */
async function converse(a: Session, options = ''): Promise<{ initiator: string; target: string }> {
  const initiator = await a.begin(options);
  await a.send(initiator);
  await a.arrives('QS');
  return { initiator, target: await a.farHandle(initiator) };
}

const end = (handle: string, clause = '') =>
  `DECLARE @h uniqueidentifier = '${handle}'; END CONVERSATION @h${clause === '' ? '' : ` ${clause}`};`;

conformanceSuite('ending', ({ conforms, unverified }) => {
  conforms('case 47: END at the target sends one EndDialog after the replies', async ({ a }) => {
    const { initiator, target } = await converse(a);
    await a.send(target, "N'reply'", 'R');
    await a.ok(end(target));
    expect(await a.receiveAll('QI', 2)).toMatchObject([
      { type: 'R', text: 'reply' },
      { type: 'EndDialog', body: null, validation: 'E', handle: initiator },
    ]);
    expect(await a.state(initiator)).toBe('DI');
  });

  conforms('case 48: an initiator in DI cannot SEND; its END sends nothing and removes its row', async ({ a }) => {
    const { initiator, target } = await converse(a);
    await a.ok(end(target));
    await a.arrives('QI');
    expect(await a.refused(a.sendText(initiator))).toBe(8429);
    await a.ok(end(initiator));
    await eventually(async () => expect(await a.state(initiator)).toBeUndefined());
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 49: END WITH ERROR sends code and description', async ({ a }) => {
    const { target } = await converse(a);
    await a.ok(end(target, "WITH ERROR = 42 DESCRIPTION = N'bad'"));
    const [error] = await a.receiveAll('QI');
    expect(error).toMatchObject({ type: 'Error', validation: 'X' });
    expect(await a.errorIn(error)).toEqual({ code: 42, description: 'bad' });
  });

  conforms('case 50: END WITH ERROR needs a positive code and a description', async ({ a }) => {
    const { initiator, target } = await converse(a);
    const incomplete = [8419, 8422, 8424];
    expect(incomplete).toContain(
      await a.refused(
        `DECLARE @h uniqueidentifier = '${target}', @code int = 0; END CONVERSATION @h WITH ERROR = @code DESCRIPTION = N'bad';`,
      ),
    );
    expect(incomplete).toContain(
      await a.refused(
        `DECLARE @h uniqueidentifier = '${target}', @text nvarchar(100) = NULL; END CONVERSATION @h WITH ERROR = 42 DESCRIPTION = @text;`,
      ),
    );
    await a.send(initiator);
    await a.arrives('QS', 2);
    expect(await a.count('QI')).toBe(0);
  });

  conforms('case 51: END WITH CLEANUP removes the local side silently', async ({ a }) => {
    const { initiator, target } = await converse(a);
    await a.ok(end(target, 'WITH CLEANUP'));
    expect(await a.state(target)).toBeUndefined();
    expect(await a.count('QS')).toBe(0);
    expect(await a.count('QI')).toBe(0);
    expect(await a.state(initiator)).toBe('CO');
  });

  unverified('case 51, later: SEND to a side that was cleaned up leads to an Error -8462', async ({ a }) => {
    const { initiator, target } = await converse(a);
    await a.ok(end(target, 'WITH CLEANUP'));
    await a.send(initiator);
    expect(await a.errorIn((await a.receiveAll('QI'))[0])).toMatchObject({ code: -8462 });
  });

  conforms('case 52: END removes the messages that wait on the local side', async ({ a }) => {
    const { initiator, target } = await converse(a);
    await a.send(initiator);
    await a.arrives('QS', 2);
    await a.ok(end(target));
    expect(await a.count('QS')).toBe(0);
  });

  conforms('case 53: a second END fails', async ({ a }) => {
    const { target } = await converse(a);
    await a.ok(end(target));
    expect([8426, 8427]).toContain(await a.refused(end(target)));
  });

  conforms(
    'case 54: a conversation timer puts a DialogTimer on the own queue; a second call moves it',
    async ({ a }) => {
      const { initiator } = await converse(a);
      const start = performance.now();
      const timer = (seconds: number) =>
        a.ok(`DECLARE @h uniqueidentifier = '${initiator}'; BEGIN CONVERSATION TIMER (@h) TIMEOUT = ${seconds};`);
      await timer(1);
      await timer(2);
      const messages = await a.receiveAll('QI');
      expect(performance.now() - start).toBeGreaterThan(1_500);
      expect(messages).toMatchObject([{ type: 'DialogTimer', body: null, validation: 'E', handle: initiator }]);
      expect(await a.count('QS')).toBe(1);
      await timer(30);
      await timer(1);
      expect(await a.receiveAll('QI')).toMatchObject([{ type: 'DialogTimer' }]);
    },
  );

  conforms('case 55: past its LIFETIME both sides get an Error -8489 and can only END', async ({ a }) => {
    const { initiator, target } = await converse(a, 'LIFETIME = 1');
    const [atInitiator] = await a.receiveAll('QI');
    const [atTarget] = await a.receiveAll('QS', 2);
    for (const error of [atInitiator, atTarget]) {
      expect(error?.type).toBe('Error');
      expect(await a.errorIn(error)).toMatchObject({ code: -8489 });
    }
    await a.refused(a.sendText(initiator));
    await a.refused(a.sendText(target, "N'a'", 'R'));
    await a.ok(end(initiator));
    await a.ok(end(target));
  });
});
