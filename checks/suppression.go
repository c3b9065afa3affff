package checks

import (
	"github.com/tierlint/tierlint/internal/check"
	"github.com/tierlint/tierlint/internal/diag"
	"github.com/tierlint/tierlint/internal/suppress"
)

// SuppressionInvalid is a directive that means nothing.
var SuppressionInvalid = &check.Check{
	ID: suppress.CheckInvalid, Title: "A suppression is misspelt, so it hides nothing",
	Doc: suppressionInvalidDoc, Since: "0.1", Severity: diag.Warning,
}

// SuppressionUnused is a directive whose check finds nothing.
var SuppressionUnused = &check.Check{
	ID: suppress.CheckUnused, Title: "A suppression hides nothing any more",
	Doc: suppressionUnusedDoc, Since: "0.1", Severity: diag.Warning,
}

// SuppressionWithoutReason is a directive that does not say why.
var SuppressionWithoutReason = &check.Check{
	ID: suppress.CheckReason, Title: "A suppression gives no reason, so it hides nothing",
	Doc: suppressionWithoutReasonDoc, Since: "0.1", Severity: diag.Warning,
}
