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
import type { Benchmark, Measurement, ResultDefinition } from '../benchmark.ts';
import { WorkMissingError } from '../errors.ts';
import type { BenchServers } from '../worker/bench-servers.ts';
import { WorkerProcess } from '../worker/worker-process.ts';
import { enableModel, untilEmbedded, untilIngested } from './embedding-steps.ts';
import { type Heading, headingNumberOf, numberHeadings } from './numbered-headings.ts';

/** Tenants of their own, so that nothing else that the servers hold is among the answers. */
const corpora = {
  /** The documents as they are: a section's text begins with its heading. */
  asIs: 4_711,
  /** A number in the place of each heading, so that a section is found by what it says below its heading. */
  withoutHeadings: 4_712,
} as const;
/** Atoms that are asked for: five sections, and paragraphs of them. */
const nearest = 40;
const topSections = 5;
const leastHeadings = 100;

const documents = ['README.md', 'docs/*.md', '{packages,apps,tools}/*/README.md'];

const about = 'headings of all docs and READMEs whose own section is among the first five';
const taken = 'the same without the headings in the texts';

const results: readonly Omit<ResultDefinition, 'unit'>[] = [
  { name: 'embedding-quality-model', ratioTo: 'embedding-quality-hashing', about: `${about}; bge-small-en-v1.5` },
  { name: 'embedding-quality-hybrid', ratioTo: 'embedding-quality-hashing', about: `${about}; similar --hybrid` },
  { name: 'embedding-quality-hashing', about: `${about}; hashing of words (lexical-hash-384)` },
  {
    ...{ name: 'embedding-quality-model-without-headings', ratioTo: 'embedding-quality-hashing-without-headings' },
    about: `${taken}; bge-small-en-v1.5`,
  },
  {
    ...{ name: 'embedding-quality-hybrid-without-headings', ratioTo: 'embedding-quality-hashing-without-headings' },
    about: `${taken}; similar --hybrid`,
  },
  { name: 'embedding-quality-hashing-without-headings', about: `${taken}; hashing of words` },
];

/**
 * Each heading of all documents and READMEs is a question, and the section under it the answer; a paragraph counts as its section. Headings of
 * the same words share their sections. What is measured is the whole way: files, atoms, jobs, vectors in SQL and graph, the search.
 */
export const embeddingQualityBenchmark: Benchmark = {
  onRequestWhenQuick: true,
  results: results.map((result) => ({ ...result, unit: 'share' })),
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
    for (const tenantId of Object.values(corpora)) {
      await untilIngested(servers.sql, tenantId, signal);
      await untilEmbedded(servers, tenantId, { signal, onProgress });
    }
    const [byModel, byHashing] = models;
    const samples: Measurement[] = [];
    for (const [corpus, suffix] of [
      ['asIs', ''],
      ['withoutHeadings', '-without-headings'],
    ] as const) {
      const sections = await sectionsOf(servers, corpus, headings);
      for (const [name, choice] of [
        ['model', { ...byModel, isHybrid: false }],
        ['hybrid', { ...byModel, isHybrid: true }],
        ['hashing', { ...byHashing, isHybrid: false }],
      ] as const) {
        const { firstFive, note } = await findable(servers, corpora[corpus], sections, choice, signal);
        onProgress(`  ${name}${suffix}: ${firstFive.toFixed(3)} (${note})`);
        samples.push({ name: `embedding-quality-${name}${suffix}`, samples: [firstFive], note });
      }
    }
    return samples;
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

/** Enqueues all documents, as they are and without their headings; gives the headings. */
async function enqueueDocuments({ sql }: BenchServers): Promise<readonly Heading[]> {
  for (const [name, id] of Object.entries(corpora)) {
    await sql.request().query(`INSERT INTO dbo.Tenant (TenantId, Name) VALUES (${id}, N'embedding quality: ${name}');`);
  }
  const enqueue = async (path: string, text: string, tenantId: number) => {
    await sql
      .request()
      .input('FileName', mssql.NVarChar(400), path)
      .input('FileData', mssql.VarBinary(mssql.MAX), Buffer.from(text))
      .input('TenantId', mssql.Int, tenantId)
      .output('IngestionJobId', mssql.BigInt)
      .execute('dbo.sp_EnqueueIngestion');
  };
  const headings: Heading[] = [];
  for (const path of globSync(documents, { cwd: repositoryRoot }).sort()) {
    const text = await readFile(`${repositoryRoot}/${path}`, 'utf8');
    const numbered = numberHeadings(text, headings.length + 1);
    headings.push(...numbered.headings);
    await enqueue(path, text, corpora.asIs);
    await enqueue(path, numbered.text, corpora.withoutHeadings);
  }
  return headings;
}

/** A section that has a heading. */
interface Section {
  readonly atomId: string;
  readonly heading: string;
}

const sectionRow = z.object({ AtomId: z.string(), SectionId: z.string(), SectionText: z.string() });

/** The sections that atoms are, or are paragraphs of. */
async function sectionsOf(
  { sql }: BenchServers,
  corpus: keyof typeof corpora,
  headings: readonly Heading[],
): Promise<ReadonlyMap<string, readonly Section[]>> {
  const words = new Map(headings.map(({ number, text }) => [number, text]));
  const headingOf = (text: string) => {
    if (corpus === 'asIs') return /^#{1,6} (.*)$/m.exec(text.split('\n', 1)[0] ?? '')?.[1];
    const number = headingNumberOf(text);
    return number === undefined ? undefined : words.get(number);
  };
  const { recordset } = await sql.request().query(
    `SELECT a.AtomId, a.AtomId AS SectionId, a.CanonicalText AS SectionText FROM dbo.Atom AS a
     WHERE a.TenantId = ${corpora[corpus]} AND a.AtomType = N'section'
     UNION ALL
     SELECT p.ChildAtomId, a.AtomId, a.CanonicalText FROM dbo.AtomProvenance AS p
     INNER JOIN dbo.Atom AS a ON a.AtomId = p.ParentAtomId AND a.AtomType = N'section'
     WHERE p.TenantId = ${corpora[corpus]};`,
  );
  const sections = new Map<string, Section[]>();
  for (const { AtomId, SectionId, SectionText } of z.array(sectionRow).parse(recordset)) {
    const heading = headingOf(SectionText);
    if (heading === undefined) continue;
    sections.set(AtomId, [...(sections.get(AtomId) ?? []), { atomId: SectionId, heading }]);
  }
  return sections;
}

/** How many headings find their own section, of those that have one with a text. */
async function findable(
  servers: BenchServers,
  tenantId: number,
  sections: ReadonlyMap<string, readonly Section[]>,
  choice: Choice,
  signal: AbortSignal,
) {
  const { Neo4j__Uri: uri = '', Neo4j__Username: username = '', Neo4j__Password: password = '' } = servers.workerEnv;
  await using graph = await openGraph({ uri, username, password }, signal);
  await using embedder = await createEmbedder(choice.settings, {}, signal);
  const index = modelEmbeddingIndex(choice.Model.replaceAll(/[^a-z0-9]/g, '_'), embedder.provider.dimension);
  const all = [...new Map([...sections.values()].flat().map((section) => [section.atomId, section])).values()];
  const asked = all.map(({ heading }) => heading);
  if (asked.length < leastHeadings) throw new WorkMissingError('headings', leastHeadings, asked.length);
  const ranks: number[] = [];
  for (const text of asked) {
    const to = [...(await embedder.embedOne(text, 'query', signal))];
    const search = { tenantId, to, index, limit: nearest };
    const found = choice.isHybrid
      ? await hybridAtoms(graph, { ...search, text }, signal)
      : await similarAtoms(graph, search, signal);
    const places = new Map<string, Section>();
    for (const { id } of found)
      for (const section of sections.get(String(id)) ?? []) places.set(section.atomId, section);
    ranks.push([...places.values()].findIndex(({ heading }) => heading === text) + 1);
  }
  const share = (isCounted: (rank: number) => boolean) => ranks.filter(isCounted).length / ranks.length;
  const reciprocal = ranks.reduce((sum, rank) => sum + (rank === 0 ? 0 : 1 / rank), 0) / ranks.length;
  return {
    firstFive: share((rank) => rank > 0 && rank <= topSections),
    note: `${asked.length} headings; first ${share((rank) => rank === 1).toFixed(2)}, mean reciprocal rank ${reciprocal.toFixed(2)}`,
  };
}
