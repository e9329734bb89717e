import {
  FeelContext,
  FeelDate,
  FeelDateTime,
  FeelDaysDuration,
  FeelMonthsDuration,
  FeelTime,
  isList,
  parseNumber,
  type FeelType,
  type FeelValue,
} from "@jinshui/feel";
import { shapeOf, type ValueType } from "./value-type.js";

const READERS: Partial<Record<FeelType, (text: string) => FeelValue>> = {
  number: parseNumber,
  date: (text) => FeelDate.parse(text),
  time: (text) => FeelTime.parse(text),
  "date and time": (text) => FeelDateTime.parse(text),
  "days and time duration": (text) => FeelDaysDuration.parse(text),
  "years and months duration": (text) => FeelMonthsDuration.parse(text),
};

/** JSON has no dates and no long numbers: text becomes one where the type asks for it. Other values stay as they are. */
export function readText(value: FeelValue, type: ValueType): FeelValue {
  const shape = shapeOf(type);
  if (typeof value === "string") {
    const read = shape.kind === "simple" ? READERS[shape.name] : undefined;
    return read?.(value) ?? value;
  }
  if (isList(value)) {
    return shape.kind === "list" ? value.map((item) => readText(item, shape.element())) : value;
  }
  if (value instanceof FeelContext && shape.kind === "context") {
    return new FeelContext(
      value.entries().map(([name, member]) => {
        const memberType = shape.members.get(name);
        return [name, memberType ? readText(member, memberType()) : member];
      }),
    );
  }
  return value;
}
