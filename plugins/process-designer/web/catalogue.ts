import {
  type FormComponent,
  type FormSchema,
  type LocalText,
  organisationApi,
  TASK_ACTION_IDS,
  workflowApi,
} from "@jinshui/contracts";
import { client, local, t } from "@jinshui/web";

/** What there is for processes to name. */
export interface Catalogue {
  positions: { id: string; title: LocalText }[];
  forms: { form: FormSchema; title: LocalText }[];
}

/** Reads what processes can name, all pages of it. */
export async function readCatalogue(): Promise<Catalogue> {
  const { positions } = await client(organisationApi).structure({});
  const forms = new Map<string, Catalogue["forms"][number]>();
  let cursor: string | undefined;
  do {
    const page = await client(workflowApi).knownForms({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    for (const known of page.forms) if (!forms.has(known.form.id)) forms.set(known.form.id, known);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { positions, forms: [...forms.values()] };
}

export function positionTitle({ positions }: Catalogue, id: string): string {
  return local(positions.find((position) => position.id === id)?.title) || id;
}

/** Title of a form, or of the process that it is made for, and its id. */
export function formTitle({ forms }: Catalogue, id: string): string {
  const title = forms.find(({ form }) => form.id === id)?.title;
  return title ? `${local(title)}（${id}）` : id;
}

export function formOf({ forms }: Catalogue, id: string | undefined): FormSchema | undefined {
  return forms.find(({ form }) => form.id === id)?.form;
}

/** Fields of a form that conditions can ask for. */
export function fieldsOf(form: FormSchema | undefined): (FormComponent & { key: string })[] {
  return (form?.components ?? []).filter(
    (component): component is FormComponent & { key: string } =>
      component.key !== undefined && component.type !== "filepicker" && component.jinshui?.type !== "record",
  );
}

export function fieldLabel(component: FormComponent): string {
  return local({
    "zh-CN": component.label ?? component.key ?? "",
    ...(component.jinshui?.en === undefined ? {} : { en: component.jinshui.en }),
  });
}

export function actionTitle(id: string): string {
  return t(`process-designer.action.${id}`);
}

export { TASK_ACTION_IDS };
