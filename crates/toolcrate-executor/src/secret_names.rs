//! Recognizes names that suggest a secret value.

/// Replaces a secret.
pub(crate) const MASK: &str = "***";
/// A name that contains one of these parts, ignoring case and separators, indicates a secret.
const SECRET_PARTS: [&str; 33] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pincode",
    "pinnumber",
    "kennwort",
    "passwort",
    "pwd",
    "secret",
    "token",
    "credential",
    "base64",
    "cardnumber",
    "creditcard",
    "securitycode",
    "socialsecurity",
    "accesscode",
    "alarmcode",
    "authcode",
    "backupcode",
    "doorcode",
    "gatecode",
    "recoverycode",
    "unlockcode",
    "verificationcode",
    "communitystring",
    "connectionstring",
    "seedphrase",
    "contraseña",
    "contrasena",
    "motdepasse",
    "wachtwoord",
];
/// So does a name with one of these words, singular or plural, with or without a number after it.
const SECRET_WORDS: [&str; 10] = ["pin", "puk", "ssn", "cvv", "cvc", "otp", "totp", "jwt", "psk", "senha"];
/// So does a name that ends in `key` after another word, except these.
const HARMLESS_KEYS: [&str; 14] = [
    "primary", "foreign", "public", "type", "sort", "group", "hot", "short", "tur", "mon", "don", "hoc",
    "whis", "jersey",
];

/// Returns true if a property with this name has a secret value.
pub(crate) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let whole = words.concat();
    if SECRET_PARTS.iter().any(|part| whole.contains(part))
        || words.iter().any(|word| SECRET_WORDS.contains(&singular(word)))
    {
        return true;
    }
    let before = singular(&whole).strip_suffix("key");
    before
        .is_some_and(|before| !before.is_empty() && !HARMLESS_KEYS.iter().any(|open| before.ends_with(open)))
}

/// Returns the word without a trailing number and plural s.
fn singular(word: &str) -> &str {
    let word = word.trim_end_matches(|c: char| c.is_numeric());
    word.strip_suffix('s').unwrap_or(word)
}

/// Splits a name such as `portalPassword`, `portal_password` or `Portal Password` into lowercase words.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut was_lower, mut goes_on) = (false, false);
    for c in name.chars() {
        if !c.is_alphanumeric() {
            goes_on = false;
            continue;
        }
        let begins = !goes_on || was_lower && c.is_uppercase();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        (was_lower, goes_on) = (c.is_lowercase() || c.is_numeric(), true);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_names_are_recognized() {
        for name in [
            "password",
            "portalPassword",
            "nAblePassword",
            "clientSecret",
            "token",
            "privateKey",
            "encryptionKey",
            "licenseKey",
            "productKey",
            "apiKey",
            "api_key",
            "API-KEY",
            "x-api-key",
            "accessKeys",
            "content_base64",
            "pin",
            "cardPin",
            "PIN Code",
            "ssn",
            "cvv",
            "creditCardNumber",
            "wifi passphrase",
            "ACCESSKEY",
            "userPWD",
            "PINs",
            "Pincode",
            "PIN2",
            "CVV2",
            "CVVs",
            "OTPs",
            "api key 2",
            "Passwort",
            "Social Security Number",
            "Alarm Code",
            "Door codes",
            "WiFi PSK",
            "SNMP Community String",
            "MFA backup codes",
            "BitLocker Recovery Key",
            "Mot de passe",
            "connectionString",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "keyword",
            "keywords",
            "key",
            "keys",
            "primaryKey",
            "foreignKey",
            "publicKey",
            "typeKey",
            "sortKey",
            "shippingInstructions",
            "spin",
            "mapping",
            "pinned",
            "opinion",
            "monkey",
            "turkey",
            "accountNumber",
            "serialNumber",
            "taxId",
            "reportCard",
            "path",
            "summary",
            "passenger",
            "compass",
            "pattern",
            "tang",
            "zip code",
            "countryCode",
            "workTypeCode",
            "cardNotes",
            "spins",
            "keys2",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
