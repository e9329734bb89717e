import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { FormSchema } from "./form.js";
import { ActorRef, Cursor, Instant, Limit } from "./text.js";

const closed = { additionalProperties: false };
const FormId = FormSchema.properties.id;
const Title = Type.String({ minLength: 1, maxLength: 100 });

/** A form that a bureau has made itself. */
export const SiteFormSummary = Type.Object({
  id: FormId,
  title: Title,
  /** The newest that was published; absent before the first. */
  version: Type.Optional(Type.Integer()),
  publishedAt: Type.Optional(Instant),
  /** When its draft was last saved, and whether it differs from what is published. */
  savedAt: Instant,
  changed: Type.Boolean(),
});
export type SiteFormSummary = Static<typeof SiteFormSummary>;

/** A published version of a form; it never changes. */
export const SiteFormVersion = Type.Object({ version: Type.Integer(), publishedAt: Instant, publishedBy: ActorRef });
export type SiteFormVersion = Static<typeof SiteFormVersion>;

/** A step of a process that shows a form; the start form's is the start event. */
export const SiteFormStep = Type.Object({ id: Type.String(), name: Type.String(), isStart: Type.Boolean() });
export type SiteFormStep = Static<typeof SiteFormStep>;

/**
 * Forms that a bureau makes itself (permission `site.processes`). A process that is imported takes the published forms that it names by
 * `jinshui:form`, as they are then; matters that run keep what they began with.
 */
export const formOps = {
  forms: op({
    effect: "read",
    http: { method: "GET", path: "/forms" },
    actor: "required",
    input: Type.Object(
      {
        search: Type.Optional(Type.String({ maxLength: 100 })),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      forms: Type.Array(SiteFormSummary),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /** The draft of a form and its versions, the newest first; with `version` what that was instead of the draft. */
  form: op({
    effect: "read",
    http: { method: "GET", path: "/forms/:id" },
    actor: "required",
    input: Type.Object({ id: FormId, version: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
    output: Type.Object({
      title: Title,
      form: FormSchema,
      /** Of the draft: what `saveForm` has to repeat. */
      revision: Type.Integer(),
      versions: Type.Array(SiteFormVersion),
      /** The bureau's processes that new matters begin with it in. */
      processes: Type.Array(
        Type.Object({ definition: Type.String(), title: Type.String(), steps: Type.Array(SiteFormStep) }),
      ),
    }),
  }),
  /** Keeps a draft, which binds nobody; `revision` 0 makes a new form. 409 `stale-version` when somebody has saved since, `conflict` when the id is taken. */
  saveForm: op({
    effect: "write",
    http: { method: "PUT", path: "/forms/:id" },
    actor: "required",
    input: Type.Object({ id: FormId, title: Title, form: FormSchema, revision: Type.Integer({ minimum: 0 }) }, closed),
    output: Type.Object({ revision: Type.Integer(), savedAt: Instant }),
  }),
  /**
   * Makes the draft the next version and gives it to the bureau's processes that name the form: each becomes a new version itself. The
   * same draft again changes nothing. 400 `invalid-form` with `details.problems` when something in it can't work.
   */
  publishForm: op({
    effect: "write",
    http: { method: "POST", path: "/forms/:id/publish" },
    actor: "required",
    input: Type.Object({ id: FormId, revision: Type.Integer({ minimum: 1 }) }, closed),
    output: Type.Object({
      version: Type.Integer(),
      /** Titles of the processes that have it now, and of those that are no longer right and keep the version before. */
      deployed: Type.Array(Type.String()),
      left: Type.Array(Type.String()),
    }),
  }),
};
