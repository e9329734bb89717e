import createDOMPurify from "dompurify";

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

/**
 * Lit makes its own trusted markup. The diagram viewer and the fields write markup as text: all of that goes through the
 * purifier, so a script in a drawing's label is never more than a label.
 */
export function installPurifier(): void {
  const { trustedTypes } = window as unknown as { trustedTypes?: PolicyFactory };
  const purifier = createDOMPurify(window);
  const options = {
    ADD_TAGS: ["slot", "template", "style"],
    ADD_ATTR: ["part", "slot", "theme", "target"],
    CUSTOM_ELEMENT_HANDLING: { tagNameCheck: /^vaadin-/, attributeNameCheck: /.*/ },
    FORCE_BODY: true,
  };
  trustedTypes?.createPolicy("default", {
    createHTML: (text) => purifier.sanitize(text, options),
  });
}
