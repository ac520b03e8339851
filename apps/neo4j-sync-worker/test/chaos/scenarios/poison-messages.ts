import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const each = { short: 3, long: 25 }[form];

function body(given: Partial<Record<'EntityType' | 'EntityId' | 'SyncType' | 'TenantId', string>> = {}): string {
  const values = { EntityType: 'Atom', EntityId: '1', SyncType: 'UPDATE', TenantId: '1', ...given };
  const elements = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<Neo4jSync>${elements.join('')}</Neo4jSync>`;
}

/** Bodies that no procedure of ours sends, by the reason that they must be dead-lettered for. */
const badBodies: Readonly<Record<string, string | Uint8Array | null>> = {
  EMPTY_BODY: null,
  INVALID_ENCODING: Buffer.from([0x3c, 0x00, 0x00, 0xd8]),
  MALFORMED_XML: '<Neo4jSync><EntityType>Atom</Neo4jSync>',
  DTD_REFUSED: `<!DOCTYPE Neo4jSync [<!ENTITY a "b">]>${body()}`,
  UNEXPECTED_ROOT: '<Order/>',
  MISSING_ELEMENT: '<Neo4jSync><EntityType>Atom</EntityType></Neo4jSync>',
  UNKNOWN_ENTITY_TYPE: body({ EntityType: 'Unicorn' }),
  INVALID_ENTITY_ID: body({ EntityId: 'twelve' }),
  UNKNOWN_SYNC_TYPE: body({ SyncType: 'EXPLODE' }),
  INVALID_TENANT_ID: body({ TenantId: '2147483648' }),
};

/** Reasons that lie in the message's type, in the row, and in the graph. */
const otherReasons = ['UNEXPECTED_MESSAGE_TYPE', 'INVALID_ROW', 'GRAPH_REFUSED'] as const;
const reasons = [...Object.keys(badBodies), ...otherReasons];

export function poisonMessages(world: () => ChaosWorld): void {
  const count = async (messages: number) => {
    await world().client.run('INSERT INTO dbo.ChaosLedger (Messages) VALUES (@messages);', { messages });
  };

  const sendBad = async (round: number) => {
    const { client } = world();
    for (const bad of Object.values(badBodies)) {
      await client.send({
        fromService: 'HartonomousInitiatorService',
        toService: 'Neo4jSyncService',
        contract: 'Neo4jSyncContract',
        messages: [{ messageType: 'Neo4jSyncRequest', body: bad }],
      });
    }
    await client.send({
      fromService: 'HartonomousInitiatorService',
      toService: 'ChaosService',
      contract: 'ChaosContract',
      messages: [{ messageType: 'ChaosMessage', body: `<round>${round}</round>` }],
    });
    await count(Object.keys(badBodies).length + 1);
  };

  test(`${reasons.length} kinds of poison, ${each} of each, mixed in good messages`, async () => {
    const run = await ChaosRun.begin(world(), 'poison');
    const { client } = world();
    // What validates no body lets anything in: another deployment's message type, and a service that takes other types.
    await client.run(`ALTER MESSAGE TYPE [Neo4jSyncRequest] VALIDATION = NONE;`);
    await client.run(`
      CREATE MESSAGE TYPE ChaosMessage VALIDATION = NONE;
      CREATE CONTRACT ChaosContract (ChaosMessage SENT BY INITIATOR);
      CREATE SERVICE ChaosService ON QUEUE dbo.Neo4jSyncQueue (ChaosContract);
      ALTER TABLE dbo.AtomProvenance NOCHECK CONSTRAINT CK_AtomProvenance_RelationType;`);
    await world().cypher('CREATE CONSTRAINT chaos_metadata FOR (a:Atom) REQUIRE a.metadata IS UNIQUE');
    await world().cypher('CREATE (:Taken:Atom {id: -1, tenantId: -1, metadata: \'{"taken":1}\'})');
    try {
      await run.createAtoms(each * 20);
      for (let round = 0; round < each; round += 1) {
        await sendBad(round);
        await run.change({
          update: Array.from({ length: 5 }, (_, n) => ({
            id: run.firstAtom + 10 + 5 * round + n,
            text: `good ${'x'.repeat(round * 5 + n)}`,
          })),
          link: [{ child: run.firstAtom, parent: run.firstAtom + 3, type: 'DERIVED_FROM' }],
        });
        // Neo4j refuses the row: another node has its value. The schema refuses the edge: there is no such relation.
        const refused = run.firstAtom + each * 20 - 1 - round;
        await client.run(
          `BEGIN TRANSACTION;
           UPDATE dbo.Atom SET Metadata = N'{"taken":1}' WHERE AtomId = @refused;
           EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'Atom', @EntityId = @refused, @SyncType = N'UPDATE';
           INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId, RelationType)
           SELECT TOP (1) c.TenantId, c.AtomId, p.AtomId, N'STOLEN_FROM' FROM dbo.Atom AS c
           INNER JOIN dbo.Atom AS p ON p.TenantId = c.TenantId AND p.AtomId < c.AtomId WHERE c.AtomId = @refused;
           DECLARE @edge bigint = SCOPE_IDENTITY();
           EXEC dbo.sp_EnqueueNeo4jSync @EntityType = N'AtomProvenance', @EntityId = @edge;
           INSERT INTO dbo.ChaosLedger (Messages) VALUES (2);
           COMMIT TRANSACTION;`,
          { refused },
        );
      }
      const worker = run.worker({ Worker__BatchSize: '40' });
      const deadLettered = each * (reasons.length + 1);
      await run.inTheEnd(async () => expect(await run.logged()).toBe(await run.enqueued()));
      const letters = await world().sql(
        'SELECT ReasonCode AS reason, COUNT(*) AS n FROM dbo.Neo4jSyncDeadLetterQueue GROUP BY ReasonCode;',
      );
      expect(Object.fromEntries(letters.map(({ reason, n }) => [reason, n]))).toEqual(
        // What Neo4j refuses has two messages each: the one that created the row met it as it was to become.
        Object.fromEntries(reasons.map((reason) => [reason, reason === 'GRAPH_REFUSED' ? 2 * each : each])),
      );
      expect((await worker.ready()).status).toBe(200);
      // The two that are wrong in SQL and in the graph are put right, and then the graph must be equal in every row.
      await world().cypher('MATCH (a:Taken) DELETE a');
      await world().cypher('DROP CONSTRAINT chaos_metadata');
      await client.run(
        `BEGIN TRANSACTION;
         DECLARE @Requests dbo.Neo4jSyncRequestList;
         UPDATE dbo.AtomProvenance SET RelationType = N'MERGED_FROM'
         OUTPUT N'AtomProvenance', inserted.AtomProvenanceId, N'UPDATE' INTO @Requests (EntityType, EntityId, SyncType)
         WHERE RelationType = N'STOLEN_FROM';
         INSERT INTO @Requests (EntityType, EntityId, SyncType)
         SELECT N'Atom', a.AtomId, N'UPDATE' FROM dbo.Atom AS a WHERE a.Metadata = N'{"taken":1}';
         EXEC dbo.sp_EnqueueNeo4jSyncBatch @Requests = @Requests;
         INSERT INTO dbo.ChaosLedger (Messages) SELECT COUNT(*) FROM @Requests;
         COMMIT TRANSACTION;`,
      );
      await run.isWell({ kinds: reasons.length, 'of each': each }, { deadLettered });
    } finally {
      await world().cypher('MATCH (a:Taken) DETACH DELETE a');
      await world().cypher('DROP CONSTRAINT chaos_metadata IF EXISTS');
      for (const statement of [
        'DROP SERVICE ChaosService;',
        'DROP CONTRACT ChaosContract;',
        'DROP MESSAGE TYPE ChaosMessage;',
        'ALTER MESSAGE TYPE [Neo4jSyncRequest] VALIDATION = WELL_FORMED_XML;',
        "DELETE FROM dbo.AtomProvenance WHERE RelationType = N'STOLEN_FROM';",
        'ALTER TABLE dbo.AtomProvenance WITH CHECK CHECK CONSTRAINT CK_AtomProvenance_RelationType;',
      ]) {
        await client.run(statement);
      }
    }
  });
}
