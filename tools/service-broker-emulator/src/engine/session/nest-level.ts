/** Deepest nesting of procedures, functions, triggers and dynamic SQL (@@NESTLEVEL). Source: Microsoft's capacity specifications. */
export const maximumNestLevel = 32;
