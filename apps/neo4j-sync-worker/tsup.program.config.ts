import { defineConfig } from 'tsup';
import { bundledProgram } from '../../tsup.bundle.ts';

export default defineConfig(bundledProgram({ entry: { main: 'src/main.ts' }, external: ['msnodesqlv8'] }));
