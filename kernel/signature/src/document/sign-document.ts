import { plainAddPlaceholder } from "@signpdf/placeholder-plain";
import { SignPdf } from "@signpdf/signpdf";
import { Signer } from "@signpdf/utils";
import { Integer, ObjectIdentifier, OctetString, Sequence } from "asn1js";
import { webcrypto } from "node:crypto";
import * as pkijs from "pkijs";
import type { SiteKey } from "../authority.js";

const OID = {
  data: "1.2.840.113549.1.7.1",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
};
const SIGNATURE_BYTES = 8_192;

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto as never }));

/**
 * Signs a PDF as PAdES B-B asks (ETSI EN 319 142-1): a detached CMS over the whole file, with the signer's certificate bound in. No
 * timestamp of a third party: the time is the kernel's.
 */
export async function signDocument(
  pdf: Buffer,
  { key, chain, name, reason }: { key: SiteKey; chain: SiteKey; name: string; reason: string },
): Promise<Buffer> {
  const prepared = plainAddPlaceholder({
    pdfBuffer: pdf,
    reason,
    contactInfo: "",
    name,
    location: "",
    signatureLength: SIGNATURE_BYTES,
    subFilter: "ETSI.CAdES.detached",
  });
  return new SignPdf().sign(prepared, new SiteSigner(key, chain), new Date());
}

/** Makes the CMS (RFC 5652) that a PDF holds. */
class SiteSigner extends Signer {
  constructor(
    readonly key: SiteKey,
    readonly chain: SiteKey,
  ) {
    super();
  }

  override async sign(pdf: Buffer): Promise<Buffer> {
    const own = pkijs.Certificate.fromBER(this.key.certificate.rawData);
    const attributes = await this.#attributes(pdf, own);
    const cms = new pkijs.SignedData({
      version: 1,
      encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
      signerInfos: [
        new pkijs.SignerInfo({
          version: 1,
          sid: new pkijs.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
          signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes }),
        }),
      ],
      certificates: [own, pkijs.Certificate.fromBER(this.chain.certificate.rawData)],
    });
    await cms.sign(this.key.privateKey, 0, "SHA-256", new Uint8Array(pdf));
    const info = new pkijs.ContentInfo({ contentType: pkijs.ContentInfo.SIGNED_DATA, content: cms.toSchema(true) });
    return Buffer.from(info.toSchema().toBER());
  }

  async #attributes(pdf: Buffer, own: pkijs.Certificate): Promise<pkijs.Attribute[]> {
    const digest = await webcrypto.subtle.digest("SHA-256", new Uint8Array(pdf));
    const certificate = await webcrypto.subtle.digest("SHA-256", this.key.certificate.rawData);
    const issuerSerial = new Sequence({
      value: [
        new pkijs.GeneralNames({ names: [new pkijs.GeneralName({ type: 4, value: own.issuer })] }).toSchema(),
        new Integer({ valueHex: own.serialNumber.valueBlock.valueHexView }),
      ],
    });
    const bound = new Sequence({ value: [new OctetString({ valueHex: certificate }), issuerSerial] });
    const attributes = [
      attribute(OID.contentType, new ObjectIdentifier({ value: OID.data })),
      attribute(OID.messageDigest, new OctetString({ valueHex: digest })),
      attribute(OID.signingCertificateV2, new Sequence({ value: [new Sequence({ value: [bound] })] })),
    ];
    // a set in DER is sorted, and what is signed is DER
    const der = (one: pkijs.Attribute): Buffer => Buffer.from(one.toSchema().toBER());
    return attributes.sort((one, other) => Buffer.compare(der(one), der(other)));
  }
}

function attribute(type: string, value: unknown): pkijs.Attribute {
  return new pkijs.Attribute({ type, values: [value] });
}
