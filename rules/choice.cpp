#include "rules/choice.hpp"

#include "rules/causes/reading.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules {
namespace {

// What the same API took a moment ago is not malformed, not of the wrong scheme or kind.
bool is_vetoed(const Candidate& one, const Exchange& exchange) {
    const Recollection& known = exchange.recollection;
    const bool elsewhere = known.credential_accepted_elsewhere_ago.has_value();
    const bool accepted = known.credential_accepted_ago || elsewhere;
    const bool of_scheme = one.row->step == Step::scheme;
    if (!accepted && !(known.scheme_accepted && of_scheme)) return false;
    if (one.evidence.ground == Ground::told || one.evidence.ground == Ground::heard) return false;
    // What another route took says nothing against the schemes that this one's challenge offers.
    if (of_scheme && one.evidence.ground == Ground::proof &&
        (elsewhere || !known.credential_accepted_ago))
        return false;
    return one.row->step == Step::malformed || one.row->step == Step::scheme ||
           (one.row->step == Step::structure && !one.row->cause.has(Trait::changes_by_request)) ||
           one.row->step == Step::kind;
}

// Nothing came, or nothing that could be read.
bool is_nothing_came(const CauseRow& row) { return row.step == Step::absent; }

// What a verifier says of a token that it could not even read, or that was never meant for it.
bool is_about_validity(const CauseRow& row) {
    return row.step == Step::structure || row.step == Step::kind || row.step == Step::checks ||
           row.step == Step::rest || row.step == Step::flow;
}

// A system that was recognised says it, and does not guess.
bool is_firm(const Candidate& said) {
    return said.evidence.ground == Ground::told && said.evidence.confidence != Confidence::possible;
}

bool names_a_token(const Candidate& said) {
    return icontains(said.evidence.words, "token") || icontains(said.evidence.words, "jwt");
}

// Whether the one finding says why the answer says the other.
bool explains(const Candidate& one, const Candidate& other) {
    const CauseRow& reason = *one.row;
    const CauseRow& said = *other.row;
    const bool read = is_firm(other);  // it knows what it refused
    // It knows more than the name of a challenge that is no scheme.
    if (read && reason.step == Step::scheme && one.evidence.ground == Ground::shape) return false;
    if (said.step == Step::rest) {
        // Who speaks of a token has read it, whatever scheme its challenge names; who says what it
        // says of any request has not.
        if (read && reason.step == Step::scheme && said.cause.due == Due::unauthorized &&
            names_a_token(other))
            return false;
        // invalid_grant stands for a policy as well, where the answer names one.
        if (read && reason.step == Step::token_endpoint && said.cause.due == Due::forbidden)
            return false;
        if (read && one.evidence.ground != Ground::proof &&
            (reason.step == Step::absent || reason.step == Step::rest ||
             said.cause.due == Due::forbidden))
            return false;
        return reason.step != Step::edge;
    }
    switch (reason.step) {
        case Step::token_endpoint:
            return said.step != Step::edge && !said.cause.has(Trait::told_by_challenge);
        case Step::several:
        case Step::malformed:
            // What stands around a token goes with it into whatever reads the token.
            return is_nothing_came(said) || is_about_validity(said) || said.step == Step::scheme ||
                   (said.step == Step::malformed && reason.step == Step::malformed);
        case Step::absent:
            return is_nothing_came(said);
        case Step::scheme:
            // Who speaks of a token's age, audience or signature has read it.
            return is_nothing_came(said) || said.step == Step::malformed ||
                   (said.step == Step::structure && !read);
        case Step::structure:
        case Step::kind:
            return is_about_validity(said) || is_nothing_came(said) || said.step == Step::malformed;
        case Step::times:
            // Who cannot use a token may well say that none came.
            return said.step == Step::times || is_nothing_came(said) ||
                   said.step == Step::malformed;
        case Step::checks:
            // A token that was made for another API has its key, issuer and scope, too.
            return one.evidence.ground == Ground::shape && said.step == Step::checks &&
                   !reason.cause.has(Trait::told_by_challenge) &&
                   !said.cause.has(Trait::told_by_challenge);
        default:
            return false;
    }
}

// The place of a finding among the others, the best first. What the answer says leads over shape
// and habit, but for words that say no more than that a credential was refused.
int rank_of(const Candidate& one) {
    const bool rest = one.row->step == Step::rest;
    switch (one.evidence.ground) {
        case Ground::proof:
            if (rest) return 3;
            return one.said_too || one.row->step == Step::several ||
                           one.row->step == Step::malformed
                       ? 0
                       : 1;
        case Ground::told:
            if (!is_firm(one)) return rest ? 6 : 3;
            return rest ? 4 : 2;
        case Ground::heard:
            return rest ? 6 : 3;
        case Ground::shape:
            return 5;
        case Ground::habit:
            break;
    }
    return 7;
}

const Candidate* best(const std::vector<Candidate>& all, Ground least, Ground most) {
    const Candidate* found = nullptr;
    for (const Candidate& one : all) {
        if (one.row->step == Step::beside) continue;
        if (one.evidence.ground < least || one.evidence.ground > most) continue;
        if (!found || rank_of(one) < rank_of(*found)) found = &one;
    }
    return found;
}

const Candidate* lead(const std::vector<Candidate>& all) {
    const Candidate* const proof = best(all, Ground::proof, Ground::proof);
    const Candidate* const said = best(all, Ground::heard, Ground::told);
    if (proof && said) return explains(*proof, *said) ? proof : said;
    if (proof) return proof;
    const Candidate* const shown = best(all, Ground::shape, Ground::shape);
    // A token of another kind or provider says why its words were said.
    if (said && shown && explains(*shown, *said)) return shown;
    return best(all, Ground::habit, Ground::told);
}

// Causes of a credential that is absent explain one another: the first that is more than a guess
// stands for all.
void keep_one_absence(std::vector<Candidate>& all) {
    const auto first = std::find_if(all.begin(), all.end(), [](const Candidate& one) {
        return is_nothing_came(*one.row) && one.evidence.confidence != Confidence::possible;
    });
    if (first == all.end()) return;
    const CauseRow* const kept = first->row;
    std::erase_if(
        all, [kept](const Candidate& one) { return is_nothing_came(*one.row) && one.row != kept; });
}

// More than one thing that the API may have read.
bool has_second_credential(const Exchange& exchange) {
    std::size_t count = exchange.credentials.size();
    for (const Carried& one : exchange.carried)
        if (one.where != Where::member &&
            (one.holds == Holds::token || one.holds == Holds::api_key ||
             one.holds == Holds::signature))
            ++count;
    return count > 1;
}

bool is_about_the_credential(const CauseRow& row) {
    return row.step >= Step::malformed && row.step <= Step::checks;
}

Confidence confidence_of(const Candidate& main, const Exchange& exchange) {
    Confidence confidence = main.evidence.confidence;
    const bool own_words = !exchange.heard.unheard().empty();
    switch (main.evidence.ground) {
        case Ground::proof:
            // An answer of somebody in front needs no word of the API's.
            if ((own_words && main.row->step > Step::edge) ||
                (is_about_the_credential(*main.row) && has_second_credential(exchange)))
                confidence = std::min(confidence, Confidence::likely);
            break;
        case Ground::told:
        case Ground::heard:
            confidence = std::min(confidence, Confidence::likely);
            break;
        case Ground::shape:
            // What is left when nothing else is known is less than what the API says of itself.
            confidence = std::min(confidence, own_words && main.row->step == Step::rest
                                                  ? Confidence::possible
                                                  : Confidence::likely);
            break;
        case Ground::habit:
            if (own_words && main.row->step != Step::rest) confidence = Confidence::possible;
            break;
    }
    return confidence;
}

// Whether a later match tells something that the main cause does not say already.
bool adds_to(const CauseRow& main, const Candidate& other) {
    const CauseRow& row = *other.row;
    if (row.step == Step::beside) return true;
    if (main.step == Step::preflight || main.step == Step::token_endpoint ||
        main.step == Step::several || main.step == Step::absent || main.step == Step::malformed)
        return false;
    if (row.cause.has(Trait::beside_times)) return main.step == Step::times;
    const bool proven = other.evidence.ground == Ground::proof;
    switch (row.step) {
        case Step::edge:
            return proven && main.step == Step::edge;
        case Step::structure:
            return main.step == Step::structure ? !row.cause.has(Trait::last_resort) : proven;
        case Step::kind:
        case Step::times:
            return proven;
        case Step::checks:
            // A token of the wrong kind has another audience, typ and scope by nature, and one that
            // is damaged no valid signature; what the challenge itself says stands beside both.
            return proven && ((main.step != Step::kind && main.step != Step::structure) ||
                              row.cause.has(Trait::told_by_challenge));
        default:
            return false;
    }
}

// What the answer says beside a finding of ours, or its own words that nobody knows.
void quote(const Candidate& main, const std::vector<Candidate>& all, const Exchange& exchange,
           Evidence& evidence) {
    if (main.evidence.ground >= Ground::heard && main.evidence.ground != Ground::proof) {
        const Candidate* const proof = best(all, Ground::proof, Ground::proof);
        if (proof && is_about_the_credential(*proof->row))
            evidence.words += "; beside it, " + proof->evidence.words;
        return;
    }
    if (main.row->step == Step::rest) return;
    const std::string_view own = exchange.heard.unheard();
    if (!own.empty()) evidence.words += "; the API says " + causes::quoted(exchange, own);
}

}  // namespace

const CauseRow* choose(std::vector<Candidate> all, const Exchange& exchange, Diagnosis& diagnosis) {
    std::erase_if(all, [&](const Candidate& one) { return is_vetoed(one, exchange); });
    keep_one_absence(all);
    for (Candidate& one : all) {
        const Told* const told = exchange.heard.told_of(one.row->cause.id);
        one.said_too = told && !told->saying->weak;
    }
    const Candidate* const main = lead(all);
    if (!main) return nullptr;
    Finding finding{&main->row->cause, main->evidence};
    finding.evidence.confidence = confidence_of(*main, exchange);
    quote(*main, all, exchange, finding.evidence);
    if (const Told* const told = exchange.heard.told_of(main->row->cause.id))
        finding.advice = told->saying->advice;
    diagnosis.main = std::move(finding);
    for (Candidate& other : all) {
        if (&other == main || !adds_to(*main->row, other)) continue;
        diagnosis.also.push_back(Finding{&other.row->cause, std::move(other.evidence)});
    }
    return main->row;
}

}  // namespace whogoes::rules
