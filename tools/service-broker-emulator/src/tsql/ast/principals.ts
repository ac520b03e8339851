import type { Located } from './nodes.ts';

export interface CreatePrincipalStatement extends Located {
  readonly kind: 'createPrincipal';
  readonly principal: 'user' | 'role' | 'login';
  readonly name: string;
  readonly password?: string;
  readonly forLogin?: string;
  readonly withoutLogin: boolean;
  readonly defaultSchema?: string;
  /** DEFAULT_DATABASE of a login. */
  readonly defaultDatabase?: string;
  /** DEFAULT_LANGUAGE of a login. */
  readonly defaultLanguage?: string;
  readonly owner?: string;
}

export interface AlterPrincipalStatement extends Located {
  readonly kind: 'alterPrincipal';
  readonly principal: 'user' | 'role' | 'login' | 'serverRole';
  readonly name: string;
  readonly change:
    | { readonly kind: 'addMember' | 'dropMember'; readonly member: string }
    | { readonly kind: 'password'; readonly password: string }
    | { readonly kind: 'defaults'; readonly defaultDatabase?: string; readonly defaultLanguage?: string }
    | { readonly kind: 'enable' | 'disable' }
    | { readonly kind: 'rename'; readonly newName: string }
    | { readonly kind: 'defaultSchema'; readonly schema: string };
}
