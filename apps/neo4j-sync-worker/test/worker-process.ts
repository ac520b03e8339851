import { WorkerProgram, type WorkerProgramOptions } from '@hartonomous/test-support/worker-program';

/** This worker as a process of its own. */
export class WorkerProcess extends WorkerProgram {
  constructor(env: Readonly<Record<string, string>>, options: WorkerProgramOptions = {}) {
    super('neo4j-sync-worker', env, options);
  }
}
