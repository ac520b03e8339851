import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createEmbedder, embeddingShape } from '@hartonomous/embedding-settings';
import { hybridAtoms, similarAtoms } from '@hartonomous/graph-sync';
import { type LocalModel, provideLocalModel } from '@hartonomous/local-model';
import { openGraph } from '@hartonomous/operations';
import { modelEmbeddingIndex } from '@hartonomous/provenance-schema';
import { repositoryRoot } from '@hartonomous/test-support';
import mssql from 'mssql';
import { z } from 'zod';
import type { Benchmark } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';
import type { BenchServers } from '../worker/bench-servers.ts';
import { WorkerProcess } from '../worker/worker-process.ts';
import { enableModel, untilEmbedded, untilIngested } from './embedding-steps.ts';
import { type Heading, headingNumberOf, numberHeadings } from './numbered-headings.ts';

/** Of its own, so that nothing else that the servers hold is among the answers. */
const tenantId = 4_711;
/** Atoms that are asked for: five sections, and paragraphs of them. */
const nearest = 40;
const topSections = 5;

const documents = ['README.md', 'docs/*.md', '{packages,apps,tools}/*/README.md'];

/**
 * Each heading of all documents and READMEs is a question, and the section under it the answer. Headings of the same words share their
 * sections. What is measured is the whole way: files, atoms, jobs, vectors in SQL and graph, the search. The headings are taken out first.
 */
export const embeddingQualityBenchmark: Benchmark = {
  onRequestWhenQuick: true,
  results: [
    {
      name: 'embedding-quality-model',
      unit: 'share',
      ratioTo: 'embedding-quality-hashing',
      about: 'headings of all docs and READMEs whose own section is among the first five; bge-small-en-v1.5',
    },
    {
      name: 'embedding-quality-hybrid',
      unit: 'share',
      ratioTo: 'embedding-quality-hashing',
      about: 'the same by the model and full text together, as similar --hybrid does it',
    },
    { name: 'embedding-quality-hashing', unit: 'share', about: 'the same by hashing of words (lexical-hash-384)' },
  ],
  async run({ servers: start, signal, onProgress }) {
    const model = await provideLocalModel({ signal, onProgress });
    const servers = await start();
    const headings = await enqueueDocuments(servers);
    onProgress(`  ${headings.length} headings`);
    const models = [settingsOf(model), settingsOf(undefined)] as const;
    await using workers = new AsyncDisposableStack();
    for (const { Model } of models) await enableModel(Model, servers.workerEnv, signal);
    for (const app of ['neo4j-sync-worker', 'ces-consumer'] as const) {
      workers.use(await WorkerProcess.start({ app, env: servers.workerEnv, signal }));
    }
    for (const { env } of models) {
      const generator = { ...servers.workerEnv, ...env };
      workers.use(await WorkerProcess.start({ app: 'embedding-generator', env: generator, signal }));
    }
    await untilIngested(servers.sql, tenantId, signal);
    await untilEmbedded(servers, tenantId, { signal, onProgress });
    const [byModel, byHashing] = models;
    const [model5, hybrid5, hashing5] = [
      await findable(servers, headings, { ...byModel, isHybrid: false }, signal),
      await findable(servers, headings, { ...byModel, isHybrid: true }, signal),
      await findable(servers, headings, { ...byHashing, isHybrid: false }, signal),
    ];
    return [
      { name: 'embedding-quality-model', samples: [model5.firstFive], note: model5.note },
      { name: 'embedding-quality-hybrid', samples: [hybrid5.firstFive], note: hybrid5.note },
      { name: 'embedding-quality-hashing', samples: [hashing5.firstFive], note: hashing5.note },
    ];
  },
};

const settingsSchema = z.object(embeddingShape);

/** Settings of a model, as the command line and the generator have them. */
function settingsOf(model: LocalModel | undefined) {
  if (model === undefined) {
    const env = { Embedding__Model: 'lexical-hash-384' };
    return { Model: 'lexical-hash-384', env, settings: settingsSchema.parse({}) };
  }
  const { name: Model, folder } = model;
  const env = { Embedding__Model: Model, Embedding__Provider__Kind: 'onnx', Embedding__Provider__ModelFolder: folder };
  return { Model, env, settings: settingsSchema.parse({ Model, Provider: { Kind: 'onnx', ModelFolder: folder } }) };
}

type Choice = ReturnType<typeof settingsOf> & { readonly isHybrid: boolean };

/** Enqueues all documents without their headings; gives the headings. */
async function enqueueDocuments({ sql }: BenchServers): Promise<readonly Heading[]> {
  await sql.request().query(`INSERT INTO dbo.Tenant (TenantId, Name) VALUES (${tenantId}, N'embedding quality');`);
  const headings: Heading[] = [];
  for (const path of globSync(documents, { cwd: repositoryRoot }).sort()) {
    const numbered = numberHeadings(await readFile(`${repositoryRoot}/${path}`, 'utf8'), headings.length + 1);
    headings.push(...numbered.headings);
    await sql
      .request()
      .input('FileName', mssql.NVarChar(400), path)
      .input('FileData', mssql.VarBinary(mssql.MAX), Buffer.from(numbered.text))
      .input('TenantId', mssql.Int, tenantId)
      .output('IngestionJobId', mssql.BigInt)
      .execute('dbo.sp_EnqueueIngestion');
  }
  return headings;
}

const sectionRow = z.object({ AtomId: z.string(), SectionText: z.string() });

/** Numbers of the sections that atoms are, or are paragraphs of. */
async function sectionsOfAtoms({ sql }: BenchServers): Promise<ReadonlyMap<string, readonly number[]>> {
  const { recordset } = await sql.request().query(
    `SELECT a.AtomId, a.CanonicalText AS SectionText FROM dbo.Atom AS a WHERE a.TenantId = ${tenantId} AND a.AtomType = N'section'
     UNION ALL
     SELECT p.ChildAtomId, a.CanonicalText FROM dbo.AtomProvenance AS p
     INNER JOIN dbo.Atom AS a ON a.AtomId = p.ParentAtomId AND a.AtomType = N'section'
     WHERE p.TenantId = ${tenantId};`,
  );
  const sections = new Map<string, number[]>();
  for (const { AtomId, SectionText } of z.array(sectionRow).parse(recordset)) {
    const number = headingNumberOf(SectionText);
    if (number !== undefined) sections.set(AtomId, [...(sections.get(AtomId) ?? []), number]);
  }
  return sections;
}

/** How many headings find their own section, of those that have one with a text. */
async function findable(servers: BenchServers, headings: readonly Heading[], choice: Choice, signal: AbortSignal) {
  const { Neo4j__Uri: uri = '', Neo4j__Username: username = '', Neo4j__Password: password = '' } = servers.workerEnv;
  await using graph = await openGraph({ uri, username, password }, signal);
  await using embedder = await createEmbedder(choice.settings, {}, signal);
  const index = modelEmbeddingIndex(choice.Model.replaceAll(/[^a-z0-9]/g, '_'), embedder.provider.dimension);
  const sections = await sectionsOfAtoms(servers);
  const numbers = new Set([...sections.values()].flat());
  const words = new Map(headings.map(({ number, text }) => [number, text]));
  const asked = headings.filter(({ number }) => numbers.has(number));
  if (asked.length < 100) throw new WorkMissingError('headings', 100, asked.length);
  const ranks: number[] = [];
  for (const { text } of asked) {
    const to = [...(await embedder.embedOne(text, 'query', signal))];
    const search = { tenantId, to, index, limit: nearest };
    const found = choice.isHybrid
      ? await hybridAtoms(graph, { ...search, text }, signal)
      : await similarAtoms(graph, search, signal);
    const places = [...new Set(found.flatMap(({ id }) => sections.get(String(id)) ?? []))];
    ranks.push(places.findIndex((place) => words.get(place) === text) + 1);
  }
  const share = (isCounted: (rank: number) => boolean) => ranks.filter(isCounted).length / ranks.length;
  const reciprocal = ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / ranks.length;
  return {
    firstFive: share((rank) => rank > 0 && rank <= topSections),
    note: `${asked.length} headings; first ${share((rank) => rank === 1).toFixed(2)}, mean reciprocal rank ${reciprocal.toFixed(2)}`,
  };
}
