#include "proxy/net/deadlines.hpp"

namespace whogoes::net {

void Expiring::link(Deadlines& deadlines, Clock::time_point at) {
    at_ = at;
    if (next_ != nullptr) return;
    Expiring& head = deadlines.head_;
    previous_ = head.previous_;
    next_ = &head;
    previous_->next_ = this;
    head.previous_ = this;
}

void Expiring::unlink() noexcept {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = nullptr;
}

Deadlines::Deadlines() : now_(Clock::now()) { head_.previous_ = head_.next_ = &head_; }

// What still hangs here outlives its worker; it must not find a dead list when it dies.
Deadlines::~Deadlines() {
    while (head_.next_ != &head_) head_.next_->unlink();
    head_.previous_ = head_.next_ = nullptr;
}

void Deadlines::sweep(Clock::time_point now) {
    now_ = now;
    // What has expired moves to a ring of its own first: expire() may unlink any entry, this one's
    // neighbour included, and may link new ones.
    Anchor expired;
    expired.previous_ = expired.next_ = &expired;
    for (Expiring* entry = head_.next_; entry != &head_;) {
        Expiring* const next = entry->next_;
        if (entry->at_ <= now) {
            entry->unlink();
            entry->previous_ = expired.previous_;
            entry->next_ = &expired;
            entry->previous_->next_ = entry;
            expired.previous_ = entry;
        }
        entry = next;
    }
    while (expired.next_ != &expired) {
        Expiring* const entry = expired.next_;
        entry->unlink();
        // Another's end may have renewed this one meanwhile.
        if (entry->at_ > now)
            entry->link(*this, entry->at_);
        else
            entry->expire();
    }
    expired.previous_ = expired.next_ = nullptr;
}

}  // namespace whogoes::net
