package chart

import (
	"strings"
	"text/template"
	"time"
)

// then is the time in all charts: that at which the first version of Kubernetes came out.
var then = time.Date(2015, time.July, 10, 0, 0, 0, 0, time.UTC)

// certificate is what templates get for a certificate that Helm would make.
type certificate struct{ Cert, Key string }

// constant are the functions that give something else each time in Helm, and here always the same.
func constant() template.FuncMap {
	random := func(n int) string { return strings.Repeat("x", max(min(n, maxText), 0)) }
	cert := certificate{
		Cert: "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n",
		Key:  "-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n",
	}
	date := func(layout string, t any) string { return instant(t).Format(layout) }
	dateIn := func(layout string, t any, zone string) string {
		if in, err := time.LoadLocation(zone); err == nil {
			return instant(t).In(in).Format(layout)
		}
		return date(layout, t)
	}
	return template.FuncMap{
		"randAlphaNum": random, "randAlpha": random, "randAscii": random,
		"randNumeric": func(n int) string { return strings.Repeat("0", max(min(n, maxText), 0)) },
		"randBytes":   random,
		"randInt":     func(from, _ int) int { return from },
		"shuffle":     func(s string) string { return s },
		"uuidv4":      func() string { return "00000000-0000-4000-8000-000000000000" },
		"bcrypt":      func(string) string { return "$2a$10$none" },
		"htpasswd":    func(user, _ string) string { return user + ":$2a$10$none" },
		"derivePassword": func(uint32, string, string, string, string) string {
			return "none"
		},
		"encryptAES":               func(_, _ string) string { return "none" },
		"decryptAES":               func(_, _ string) string { return "none" },
		"genPrivateKey":            func(string) string { return cert.Key },
		"genCA":                    func(string, int) certificate { return cert },
		"genCAWithKey":             func(string, int, string) certificate { return cert },
		"genSelfSignedCert":        func(string, []any, []any, int) certificate { return cert },
		"genSelfSignedCertWithKey": func(string, []any, []any, int, string) certificate { return cert },
		"genSignedCert":            func(string, []any, []any, int, any) certificate { return cert },
		"genSignedCertWithKey":     func(string, []any, []any, int, any, string) certificate { return cert },
		"buildCustomCert":          func(string, string) certificate { return cert },
		"now":                      func() time.Time { return then },
		"ago":                      func(t any) string { return then.Sub(instant(t)).Round(time.Second).String() },
		"date":                     date,
		"dateInZone":               dateIn,
		"date_in_zone":             dateIn,
		"htmlDate":                 func(t any) string { return date("2006-01-02", t) },
		"htmlDateInZone":           func(t any, zone string) string { return dateIn("2006-01-02", t, zone) },
		"keys":                     sortedKeys,
		"values":                   sortedValues,
	}
}

// instant is the time that a value stands for.
func instant(v any) time.Time {
	switch v := v.(type) {
	case time.Time:
		return v
	case *time.Time:
		return *v
	case int64:
		return time.Unix(v, 0).UTC()
	case int:
		return time.Unix(int64(v), 0).UTC()
	case int32:
		return time.Unix(int64(v), 0).UTC()
	}
	return then
}
