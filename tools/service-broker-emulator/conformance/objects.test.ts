import { expect } from 'vitest';
import { conformanceSuite } from './conformance-suite.ts';

conformanceSuite('objects', ({ conforms }) => {
  conforms('case 1: a contract whose types are all SENT BY TARGET is refused with 8492', async ({ a }) => {
    expect(await a.refused('CREATE CONTRACT C2 (T SENT BY TARGET, R SENT BY TARGET);')).toBe(8492);
    expect(await a.count("sys.service_contracts WHERE name = 'C2'")).toBe(0);
  });

  conforms('case 2: a contract that lists a type twice is refused with 8403', async ({ a }) => {
    expect(await a.refused('CREATE CONTRACT C2 (T SENT BY INITIATOR, T SENT BY TARGET);')).toBe(8403);
    expect(await a.count("sys.service_contracts WHERE name = 'C2'")).toBe(0);
  });

  conforms('case 3: a contract that a service accepts cannot be dropped', async ({ a }) => {
    await a.refused('DROP CONTRACT C;');
    expect(await a.count("sys.service_contracts WHERE name = 'C'")).toBe(1);
  });

  conforms('case 4: a queue that a service uses cannot be dropped', async ({ a }) => {
    await a.refused('DROP QUEUE QS;');
    expect(await a.count("sys.service_queues WHERE name = 'QS'")).toBe(1);
  });

  conforms(
    'case 5: CREATE QUEUE without options receives and enqueues, with poison message handling',
    async ({ a }) => {
      const { rows } = await a.ok(
        `SELECT is_receive_enabled, is_enqueue_enabled, is_retention_enabled, is_activation_enabled, is_poison_message_handling_enabled
FROM sys.service_queues WHERE name = 'QS';`,
      );
      expect(rows).toEqual([
        {
          is_receive_enabled: true,
          is_enqueue_enabled: true,
          is_retention_enabled: false,
          is_activation_enabled: false,
          is_poison_message_handling_enabled: true,
        },
      ]);
    },
  );

  conforms('case 6: a queue can be read but not changed by DML', async ({ a }) => {
    await a.send(await a.begin());
    await a.arrives('QS');
    await a.refused('INSERT INTO QS (status) VALUES (1);');
    await a.refused('UPDATE QS SET priority = 1;');
    await a.refused('DELETE FROM QS;');
    await a.refused('TRUNCATE TABLE QS;');
    expect((await a.ok('SELECT * FROM QS;')).rows).toHaveLength(1);
    expect((await a.ok('SELECT * FROM QS;')).rows).toHaveLength(1);
  });
});
