/** The numbers of this folder's shared objects and crossings: 20 to 39. */

/** The bytes of a shared array. */
export const SHARED_BYTES = 20;
/** A shared value. */
export const SHARED_VALUE = 21;
/** A shared struct. */
export const SHARED_STRUCT = 22;
/** An array of structs, which is bytes with a layout. */
export const STRUCT_ARRAY = 23;
/** One of them. */
export const STRUCT_ELEMENT = 24;
/** Named memory. */
export const NAMED_MEMORY = 25;
/** The buffer of named memory. */
export const NAMED_BUFFER = 26;
