import { embeddingQueue, ingestionQueue, syncQueue } from '@hartonomous/provenance-schema';

/** A worker as operators know it: a service, and a folder of releases. */
export interface WorkerService {
  /** Name of the artifact, its folder and the instance of the systemd unit, for example `neo4j-sync`. */
  readonly name: string;
  /** Name of the program, which its logs and health show. */
  readonly program: string;
  /** Name for people. */
  readonly displayName: string;
  /** Name of the Windows service and of its source in the event log. */
  readonly windowsName: string;
  /** What it is for, in a sentence. */
  readonly description: string;
  /** Mebibytes of memory that it gets unless told otherwise. Less than about 400 is too little for any of them. */
  readonly memoryMebibytes: number;
}

/** Names as the runbook has them (R7); memory from its range of 1 to 4 GB, by what each was seen to need (docs/performance.md). */
export const workerServices: readonly WorkerService[] = [
  {
    name: 'neo4j-sync',
    program: syncQueue.reader.program,
    displayName: 'Hartonomous Neo4j Sync Worker',
    windowsName: 'HartonomousNeo4jSync',
    description: 'Brings the graph in Neo4j to the state of SQL Server.',
    memoryMebibytes: 1024,
  },
  {
    name: 'ces-consumer',
    program: ingestionQueue.reader.program,
    displayName: 'Hartonomous CES Consumer',
    windowsName: 'HartonomousCesConsumer',
    description: 'Takes files apart into atoms.',
    memoryMebibytes: 2048,
  },
  {
    name: 'embedding-generator',
    program: embeddingQueue.reader.program,
    displayName: 'Hartonomous Embedding Generator',
    windowsName: 'HartonomousEmbeddingGenerator',
    description: 'Gives atoms their embeddings.',
    memoryMebibytes: 4096,
  },
];

/** Mebibytes of a worker's JavaScript heap: three quarters of its memory. Beyond that V8 would grow until the process is killed. */
export function heapMebibytes(memoryMebibytes: number): number {
  return Math.floor(memoryMebibytes * 0.75);
}
