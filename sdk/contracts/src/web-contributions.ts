import { Type, type Static } from "typebox";
import { LocalText, Name } from "./text.js";

/** Export name of an element class in the web module, e.g. `HelloPage`. */
export const ElementName = Type.String({ pattern: "^[A-Z][A-Za-z0-9]{0,59}$" });

/** A card on the workbench, drawn by a class the web module exports. */
export const Widget = Type.Object(
  {
    id: Name,
    title: LocalText,
    element: ElementName,
    /** A third (default), two thirds, or the whole of the page's width. */
    size: Type.Optional(Type.Enum(["small", "medium", "large"])),
    /** One of the plugin's own, or of the kernel's. */
    permission: Type.Optional(Type.String()),
    /** Where it stands until a person moves it; 50 when absent. */
    order: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type Widget = Static<typeof Widget>;

/** Something that can be done from anywhere by the command palette: exactly one of `view`, `process` and `run`. */
export const Command = Type.Object(
  {
    id: Name,
    title: LocalText,
    /** Other words by which it is found. */
    keywords: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 10 })),
    permission: Type.Optional(Type.String()),
    /** Opens a view of the plugin, with what the address is to ask for. */
    view: Type.Optional(Name),
    query: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 200 }))),
    /** Opens the start form of a process of the plugin. */
    process: Type.Optional(Type.String()),
    /** Calls a function that the web module exports. */
    run: Type.Optional(Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,59}$" })),
  },
  { additionalProperties: false },
);
export type Command = Static<typeof Command>;

/** A form that is drawn by a class of the web module; the kernel's rules for its values stay those of the form's schema. */
export const TaskForm = Type.Object({ form: Name, element: ElementName }, { additionalProperties: false });
export type TaskForm = Static<typeof TaskForm>;
