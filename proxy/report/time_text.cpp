#include "proxy/report/time_text.hpp"

#include <chrono>

namespace whogoes::report {

void TimeText::append(std::string& out, rules::TimePoint time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    if (second.time_since_epoch().count() != second_) {
        second_ = second.time_since_epoch().count();
        const auto day = std::chrono::floor<std::chrono::days>(second);
        const std::chrono::year_month_day date(day);
        const auto digits = [this](std::size_t at, std::size_t count, std::int64_t value) {
            for (; count-- > 0; value /= 10)
                text_[at + count] = static_cast<char>('0' + value % 10);
        };
        const std::int64_t of_day = (second - day).count();
        digits(0, 4, static_cast<int>(date.year()));
        digits(5, 2, static_cast<unsigned>(date.month()));
        digits(8, 2, static_cast<unsigned>(date.day()));
        digits(11, 2, of_day / 3600);
        digits(14, 2, of_day / 60 % 60);
        digits(17, 2, of_day % 60);
        text_[4] = text_[7] = '-';
        text_[10] = 'T';
        text_[13] = text_[16] = ':';
    }
    const auto ms = static_cast<unsigned>((time - second).count());
    out.append(text_, 19);
    const char tail[] = {'.', static_cast<char>('0' + ms / 100),
                         static_cast<char>('0' + ms / 10 % 10), static_cast<char>('0' + ms % 10),
                         'Z'};
    out.append(tail, sizeof tail);
}

}  // namespace whogoes::report
