/** Makes everything shared known to the codec: also where a program that receives it imports none of it. */
import "./shared_bytes.ts";
import "./shared_memory.ts";
import "./shared_struct.ts";
import "./shared_value.ts";
import "./struct_array.ts";
